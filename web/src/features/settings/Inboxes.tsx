import { useQuery } from '@tanstack/react-query';
import { Inbox as InboxIcon, Plus } from 'lucide-react';
import { useState } from 'react';
import { errorText } from '@/api/errors';
import { useForm } from '@/api/form';
import {
  accountsQuery,
  changeInbox,
  createInbox,
  type Inbox,
  inboxesQuery,
  setInboxLive,
} from '@/api/settings';
import { t } from '@/i18n/t';
import { formatAddress, parseAddress } from '@/lib/phone';
import { Badge } from '@/ui/Badge';
import { Notice } from '@/ui/Banner';
import { Button } from '@/ui/Button';
import { Confirm } from '@/ui/Confirm';
import { Actions, Dialog } from '@/ui/Dialog';
import { SelectField, TextAreaField, TextField } from '@/ui/Field';
import { Page, Row, Rows, Section } from '@/ui/Page';
import { Empty } from '@/ui/States';
import { toast } from '@/ui/Toasts';
import { Loaded } from './Loaded';

const w = t.settings.inboxes;

function state(inbox: Inbox) {
  if (inbox.simulated) return <Badge tone="info">{w.simulated}</Badge>;
  return inbox.live ? <Badge tone="ok">{w.live}</Badge> : <Badge tone="warn">{w.testing}</Badge>;
}

export function Inboxes({ mayChange }: { mayChange: boolean }) {
  const inboxes = useQuery(inboxesQuery);
  const [editing, setEditing] = useState<Inbox | 'new' | null>(null);
  const [launching, setLaunching] = useState<Inbox | null>(null);
  const setLive = (inbox: Inbox, live: boolean) => {
    setInboxLive(inbox.id, live).catch((error: unknown) =>
      toast(errorText(error), { tone: 'bad' }),
    );
  };
  return (
    <Page
      title={t.settings.pages.inboxes}
      intro={w.intro}
      actions={
        mayChange ? (
          <Button tone="primary" icon={Plus} onClick={() => setEditing('new')}>
            {w.add}
          </Button>
        ) : null
      }
    >
      <Loaded query={inboxes}>
        {(data) =>
          data.items.length === 0 ? (
            <Empty icon={InboxIcon} title={w.empty}>
              {w.empty_detail}
            </Empty>
          ) : (
            <Section flush>
              <Rows>
                {data.items.map((inbox) => (
                  <Row key={inbox.id}>
                    <div className="min-w-0 flex-1">
                      <p className="truncate font-medium">{inbox.name}</p>
                      <p className="text-label text-muted">{formatAddress(inbox.address)}</p>
                    </div>
                    {state(inbox)}
                    {mayChange ? (
                      <>
                        <Button size="sm" onClick={() => setEditing(inbox)}>
                          {w.configure}
                        </Button>
                        {inbox.simulated ? null : inbox.live ? (
                          <Button size="sm" tone="quiet" onClick={() => setLive(inbox, false)}>
                            {w.back_to_test}
                          </Button>
                        ) : (
                          <Button size="sm" tone="primary" onClick={() => setLaunching(inbox)}>
                            {w.go_live}
                          </Button>
                        )}
                      </>
                    ) : null}
                  </Row>
                ))}
              </Rows>
            </Section>
          )
        }
      </Loaded>
      <Dialog
        open={editing !== null}
        onOpenChange={(open) => !open && setEditing(null)}
        title={editing === 'new' || editing === null ? w.add_title : w.edit_title(editing.name)}
      >
        {editing ? (
          <InboxForm inbox={editing === 'new' ? null : editing} onDone={() => setEditing(null)} />
        ) : null}
      </Dialog>
      <Confirm
        open={launching !== null}
        onOpenChange={(open) => !open && setLaunching(null)}
        title={w.go_live_title(launching?.name ?? '')}
        action={w.go_live}
        onConfirm={() => {
          if (launching) setLive(launching, true);
          setLaunching(null);
        }}
      >
        {w.go_live_detail}
      </Confirm>
    </Page>
  );
}

function InboxForm({ inbox, onDone }: { inbox: Inbox | null; onDone: () => void }) {
  const accounts = useQuery(accountsQuery).data?.items ?? [];
  const form = useForm(async (value) => {
    const test_numbers = value('test_numbers')
      .split(/[\n,;]+/)
      .map((line) => line.trim())
      .filter(Boolean)
      .map((line) => parseAddress(line) ?? line);
    if (inbox) {
      await changeInbox(inbox.id, { name: value('name').trim(), test_numbers });
    } else {
      await createInbox({
        name: value('name').trim(),
        address: parseAddress(value('address')) ?? value('address').trim(),
        account_id: value('account_id'),
        test_numbers,
      });
    }
    onDone();
  });
  return (
    <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
      <TextField
        label={w.name}
        name="name"
        required
        autoFocus
        defaultValue={inbox?.name ?? ''}
        error={form.field('name')}
      />
      {inbox ? null : (
        <>
          <SelectField
            label={w.account}
            name="account_id"
            required
            error={form.field('account_id')}
          >
            {accounts.map((account) => (
              <option key={account.id} value={account.id}>
                {account.name}
              </option>
            ))}
          </SelectField>
          <TextField
            label={w.address}
            name="address"
            type="tel"
            required
            placeholder="+1 415 555 0100"
            error={form.field('address')}
          />
        </>
      )}
      <TextAreaField
        label={w.test_numbers}
        name="test_numbers"
        hint={w.test_hint}
        rows={4}
        defaultValue={inbox?.test_numbers.join('\n') ?? ''}
        error={form.field('test_numbers')}
      />
      {form.error ? <Notice tone="bad">{form.error}</Notice> : null}
      <Actions className="mt-0">
        <Button tone="quiet" onClick={onDone}>
          {t.common.cancel}
        </Button>
        <Button type="submit" tone="primary" busy={form.busy}>
          {inbox ? t.common.save : w.create}
        </Button>
      </Actions>
    </form>
  );
}
