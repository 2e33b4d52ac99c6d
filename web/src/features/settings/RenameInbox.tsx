import { useForm } from '@/api/form';
import { changeInbox, type Inbox } from '@/api/settings';
import { t } from '@/i18n/t';
import { formatAddress } from '@/lib/phone';
import { TextField } from '@/ui/Field';
import { FormEnd } from '@/ui/FormEnd';
import { DialogOf } from './ListPage';

const w = t.settings.inboxes;

/** Gives an inbox another name; closed while there is none to name. */
export function RenameInbox({
  inbox,
  onClose,
}: {
  inbox: Pick<Inbox, 'id' | 'name' | 'address'> | null;
  onClose: () => void;
}) {
  return (
    <DialogOf
      item={inbox}
      title={(item) => w.rename_title(formatAddress(item?.name ?? ''))}
      onClose={onClose}
    >
      {(item) => <NameForm inbox={item} onDone={onClose} />}
    </DialogOf>
  );
}

function NameForm({
  inbox,
  onDone,
}: {
  inbox: Pick<Inbox, 'id' | 'name' | 'address'>;
  onDone: () => void;
}) {
  const form = useForm(async (value) => {
    await changeInbox(inbox.id, { name: value('name').trim() });
    onDone();
  });
  return (
    <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
      <TextField
        label={w.name}
        name="name"
        hint={w.name_hint(formatAddress(inbox.address))}
        required
        maxLength={100}
        autoFocus
        // A bare number is nothing to keep a part of.
        defaultValue={inbox.name === inbox.address ? '' : inbox.name}
        error={form.field('name')}
      />
      <FormEnd form={form} deed={t.common.save} onCancel={onDone} />
    </form>
  );
}
