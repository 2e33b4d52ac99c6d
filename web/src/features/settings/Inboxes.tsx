import { useQuery } from '@tanstack/react-query';
import { Inbox as InboxIcon, Pencil, Plus } from 'lucide-react';
import { useState } from 'react';
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
import { Button } from '@/ui/Button';
import { SelectField, TextAreaField, TextField } from '@/ui/Field';
import { FormEnd } from '@/ui/FormEnd';
import { IconButton } from '@/ui/IconButton';
import { GoLive } from './GoLive';
import { attempt, DialogOf, ListPage, Named } from './ListPage';
import { RenameInbox } from './RenameInbox';

const w = t.settings.inboxes;

function state(inbox: Inbox) {
  if (inbox.simulated) return <Badge tone="info">{w.simulated}</Badge>;
  return inbox.live ? <Badge tone="ok">{w.live}</Badge> : <Badge tone="warn">{w.testing}</Badge>;
}

export function Inboxes({
  mayChange,
  onOptOuts,
}: {
  mayChange: boolean;
  /** Leads to where opt-outs of the former tool are imported. */
  onOptOuts: () => void;
}) {
  const inboxes = useQuery(inboxesQuery);
  const [editing, setEditing] = useState<Inbox | 'new' | null>(null);
  const [renaming, setRenaming] = useState<Inbox | null>(null);
  const [launching, setLaunching] = useState<Inbox | null>(null);
  return (
    <ListPage
      title={t.settings.pages.inboxes}
      intro={w.intro}
      add={mayChange ? { icon: Plus, label: w.add, onClick: () => setEditing('new') } : null}
      query={inboxes}
      empty={{ icon: InboxIcon, title: w.empty, detail: w.empty_detail }}
      row={(inbox) => (
        <>
          <Named name={formatAddress(inbox.name)} detail={formatAddress(inbox.address)} />
          {state(inbox)}
          {mayChange ? (
            <>
              <IconButton
                icon={Pencil}
                label={w.rename(formatAddress(inbox.name))}
                onClick={() => setRenaming(inbox)}
              />
              <Button size="sm" onClick={() => setEditing(inbox)}>
                {w.configure}
              </Button>
              {inbox.simulated ? null : inbox.live ? (
                <Button
                  size="sm"
                  tone="quiet"
                  onClick={() => attempt(setInboxLive(inbox.id, false))}
                >
                  {w.back_to_test}
                </Button>
              ) : (
                <Button size="sm" tone="primary" onClick={() => setLaunching(inbox)}>
                  {w.go_live}
                </Button>
              )}
            </>
          ) : null}
        </>
      )}
    >
      <DialogOf
        item={editing}
        title={(item) => (item === 'new' || item === null ? w.add_title : w.edit_title(item.name))}
        onClose={() => setEditing(null)}
      >
        {(item) => (
          <InboxForm inbox={item === 'new' ? null : item} onDone={() => setEditing(null)} />
        )}
      </DialogOf>
      <RenameInbox inbox={renaming} onClose={() => setRenaming(null)} />
      <GoLive inbox={launching} onClose={() => setLaunching(null)} onBring={onOptOuts} />
    </ListPage>
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
      <FormEnd form={form} deed={inbox ? t.common.save : w.create} onCancel={onDone} />
    </form>
  );
}
