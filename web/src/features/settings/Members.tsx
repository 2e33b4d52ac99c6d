import { useQuery } from '@tanstack/react-query';
import { MoreHorizontal, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { errorText } from '@/api/errors';
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
import { Notice } from '@/ui/Banner';
import { Button } from '@/ui/Button';
import { Confirm } from '@/ui/Confirm';
import { CopyField } from '@/ui/CopyField';
import { Actions, Dialog } from '@/ui/Dialog';
import { SelectField, TextField } from '@/ui/Field';
import { Menu } from '@/ui/Menu';
import { Page, Row, Rows, Section } from '@/ui/Page';
import { toast } from '@/ui/Toasts';
import { Loaded } from './Loaded';

const w = t.settings.members;
const ROLES = ['owner', 'admin', 'agent', 'viewer'] as const satisfies readonly Role[];
const roleOf = (value: string): Role => ROLES.find((role) => role === value) ?? 'agent';

export function Members({ me, mayChange }: { me: string; mayChange: boolean }) {
  const members = useQuery(membersQuery);
  const invites = useQuery({ ...invitesQuery, enabled: mayChange });
  const [inviting, setInviting] = useState(false);
  const [disabling, setDisabling] = useState<Member | null>(null);
  const [resetLink, setResetLink] = useState<string | null>(null);
  const attempt = (work: Promise<unknown>) => {
    work.catch((error: unknown) => toast(errorText(error), { tone: 'bad' }));
  };
  return (
    <Page
      title={t.settings.pages.members}
      intro={w.intro}
      actions={
        mayChange ? (
          <Button tone="primary" icon={UserPlus} onClick={() => setInviting(true)}>
            {w.invite}
          </Button>
        ) : null
      }
    >
      <Loaded query={members}>
        {(data) => (
          <Section flush>
            <Rows>
              {data.items.map((member) => (
                <Row key={member.id}>
                  <Avatar name={member.name} tone="member" />
                  <div className="min-w-0 flex-1">
                    <p className="truncate font-medium">
                      {member.name}
                      {member.id === me ? (
                        <span className="font-normal text-muted"> · {t.common.you}</span>
                      ) : null}
                    </p>
                    <p className="truncate text-label text-muted">{member.email}</p>
                  </div>
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
                              attempt(
                                resetMember(member.id).then((made) => setResetLink(made.link)),
                              )
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
                </Row>
              ))}
            </Rows>
          </Section>
        )}
      </Loaded>
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
      <Dialog
        open={resetLink !== null}
        onOpenChange={(open) => !open && setResetLink(null)}
        title={w.reset_title}
      >
        <CopyField label={w.reset_title} value={resetLink ?? ''} hint={w.link_hint} />
      </Dialog>
      <Confirm
        open={disabling !== null}
        onOpenChange={(open) => !open && setDisabling(null)}
        title={w.disable_title(disabling?.name ?? '')}
        action={w.disable}
        danger
        onConfirm={() => {
          if (disabling) attempt(changeMember(disabling.id, { disabled: true }));
          setDisabling(null);
        }}
      >
        {w.disable_detail}
      </Confirm>
    </Page>
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
      {form.error ? <Notice tone="bad">{form.error}</Notice> : null}
      <Actions className="mt-0">
        <Button tone="quiet" onClick={onDone}>
          {t.common.cancel}
        </Button>
        <Button type="submit" tone="primary" busy={form.busy}>
          {w.create}
        </Button>
      </Actions>
    </form>
  );
}
