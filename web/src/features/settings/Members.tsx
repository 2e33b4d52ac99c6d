import { useQuery } from '@tanstack/react-query';
import { MoreHorizontal, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useForm } from '@/api/form';
import type { Role } from '@/api/session';
import {
  changeMember,
  invite,
  invitesQuery,
  type Member,
  membersQuery,
  resetMember,
  withdrawInvite,
} from '@/api/settings';
import { t } from '@/i18n/t';
import { dateOf } from '@/lib/time';
import { Avatar } from '@/ui/Avatar';
import { Badge } from '@/ui/Badge';
import { Button } from '@/ui/Button';
import { CopyField } from '@/ui/CopyField';
import { Actions, Dialog } from '@/ui/Dialog';
import { SelectField, TextField } from '@/ui/Field';
import { FormEnd } from '@/ui/FormEnd';
import { Menu } from '@/ui/Menu';
import { Row, Rows, Section } from '@/ui/Page';
import { attempt, ConfirmOf, DialogOf, ListPage, Named } from './ListPage';

const w = t.settings.members;
const ROLES = ['owner', 'admin', 'agent', 'viewer'] as const satisfies readonly Role[];
const roleOf = (value: string): Role => ROLES.find((role) => role === value) ?? 'agent';

export function Members({ me, mayChange }: { me: string; mayChange: boolean }) {
  const members = useQuery(membersQuery);
  const invites = useQuery({ ...invitesQuery, enabled: mayChange });
  const [inviting, setInviting] = useState(false);
  const [disabling, setDisabling] = useState<Member | null>(null);
  const [resetLink, setResetLink] = useState<string | null>(null);
  return (
    <ListPage
      title={t.settings.pages.members}
      intro={w.intro}
      add={mayChange ? { icon: UserPlus, label: w.invite, onClick: () => setInviting(true) } : null}
      query={members}
      row={(member) => (
        <>
          <Avatar name={member.name} tone="member" />
          <Named
            name={
              <>
                {member.name}
                {member.id === me ? (
                  <span className="font-normal text-muted"> · {t.common.you}</span>
                ) : null}
              </>
            }
            detail={member.email}
          />
          {member.disabled_at !== null ? <Badge tone="warn">{w.disabled}</Badge> : null}
          <Badge>{w.roles[member.role]}</Badge>
          {mayChange ? (
            <Menu
              trigger={
                <button
                  type="button"
                  aria-label={w.actions(member.name)}
                  className="inline-flex size-control items-center justify-center rounded-control text-muted hover:bg-sunken hover:text-ink"
                >
                  <MoreHorizontal aria-hidden className="size-[18px]" />
                </button>
              }
            >
              {({ MenuItem, MenuLabel, MenuSeparator }) => (
                <>
                  <MenuLabel>{w.role}</MenuLabel>
                  {ROLES.map((role) => (
                    <MenuItem
                      key={role}
                      checked={role === member.role}
                      onSelect={() => attempt(changeMember(member.id, { role }))}
                    >
                      {w.roles[role]}
                    </MenuItem>
                  ))}
                  <MenuSeparator />
                  <MenuItem
                    onSelect={() =>
                      attempt(resetMember(member.id).then((made) => setResetLink(made.link)))
                    }
                  >
                    {w.reset}
                  </MenuItem>
                  {member.id === me ? null : member.disabled_at === null ? (
                    <MenuItem danger onSelect={() => setDisabling(member)}>
                      {w.disable}
                    </MenuItem>
                  ) : (
                    <MenuItem
                      onSelect={() => attempt(changeMember(member.id, { disabled: false }))}
                    >
                      {w.enable}
                    </MenuItem>
                  )}
                </>
              )}
            </Menu>
          ) : null}
        </>
      )}
    >
      {invites.data && invites.data.items.length > 0 ? (
        <Section title={w.pending} flush>
          <Rows>
            {invites.data.items.map((item) => (
              <Row key={item.id}>
                <span className="min-w-0 flex-1 truncate">
                  {item.email ?? w.anyone}
                  <span className="text-faint text-label"> · {dateOf(item.expires_at)}</span>
                </span>
                <Badge>{w.roles[item.role]}</Badge>
                <Button size="sm" tone="quiet" onClick={() => attempt(withdrawInvite(item.id))}>
                  {w.withdraw}
                </Button>
              </Row>
            ))}
          </Rows>
        </Section>
      ) : null}
      <Dialog open={inviting} onOpenChange={setInviting} title={w.invite_title}>
        {inviting ? <InviteForm onDone={() => setInviting(false)} /> : null}
      </Dialog>
      <DialogOf item={resetLink} title={() => w.reset_title} onClose={() => setResetLink(null)}>
        {(link) => <CopyField label={w.reset_title} value={link} hint={w.link_hint} />}
      </DialogOf>
      <ConfirmOf
        item={disabling}
        title={w.disable_title}
        action={w.disable}
        danger
        onClose={() => setDisabling(null)}
        onConfirm={({ id }) => changeMember(id, { disabled: true })}
      >
        {w.disable_detail}
      </ConfirmOf>
    </ListPage>
  );
}

function InviteForm({ onDone }: { onDone: () => void }) {
  const [role, setRole] = useState<Role>('agent');
  const [made, setMade] = useState<{ link: string | null; email_sent: boolean } | null>(null);
  const form = useForm(async (value) => {
    const email = value('email').trim();
    setMade(await invite({ role, ...(email ? { email } : {}) }));
  });
  if (made) {
    return (
      <>
        {made.link ? <CopyField label={w.link} value={made.link} hint={w.link_hint} /> : null}
        {made.email_sent ? <p className="mt-3 text-muted">{w.sent}</p> : null}
        <Actions>
          <Button tone="primary" onClick={onDone}>
            {t.common.done}
          </Button>
        </Actions>
      </>
    );
  }
  return (
    <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
      <TextField
        label={`${t.session.email} (${t.common.optional})`}
        name="email"
        type="email"
        autoFocus
        autoComplete="off"
        hint={w.email_hint}
        error={form.field('email')}
      />
      <SelectField
        label={w.role}
        value={role}
        hint={w.role_hints[role]}
        onChange={(event) => setRole(roleOf(event.target.value))}
      >
        {ROLES.map((item) => (
          <option key={item} value={item}>
            {w.roles[item]}
          </option>
        ))}
      </SelectField>
      <FormEnd form={form} deed={w.create} onCancel={onDone} />
    </form>
  );
}
