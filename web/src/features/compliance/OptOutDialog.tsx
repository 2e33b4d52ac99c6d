import { optOut } from '@/api/consents';
import { useForm } from '@/api/form';
import { t } from '@/i18n/t';
import { formatAddress, parseAddress } from '@/lib/phone';
import { Dialog } from '@/ui/Dialog';
import { SelectField, TextField } from '@/ui/Field';
import { FormEnd } from '@/ui/FormEnd';
import { toast } from '@/ui/Toasts';

const w = t.compliance.opt_outs;

/**
 * Opts a customer out who asked otherwise than by text. It asks first: only the customer can take it
 * back.
 */
export function OptOutDialog({
  number,
  onClose,
}: {
  /** In E.164; empty to ask for it, null while the dialog is shut. */
  number: string | null;
  onClose: () => void;
}) {
  return (
    <Dialog
      open={number !== null}
      onOpenChange={(open) => !open && onClose()}
      title={number ? w.title(formatAddress(number)) : w.title_any}
      description={w.detail}
      width="sm"
    >
      {number === null ? null : <OptOutForm number={number} onClose={onClose} />}
    </Dialog>
  );
}

function OptOutForm({ number, onClose }: { number: string; onClose: () => void }) {
  const form = useForm(async (value) => {
    const address = number || parseAddress(value('address')) || value('address').trim();
    const note = value('note').trim();
    await optOut({
      address,
      note,
      permits: value('permits') === 'marketing' ? 'marketing' : 'all',
    });
    toast(w.done(formatAddress(address)));
    onClose();
  });
  return (
    <form onSubmit={form.onSubmit} className="flex flex-col gap-3">
      {number ? null : (
        <TextField
          label={t.compliance.number}
          name="address"
          type="tel"
          required
          autoFocus
          hint={t.compliance.number_hint}
          error={form.field('address')}
        />
      )}
      <SelectField label={w.what} name="permits">
        <option value="all">{w.what_all}</option>
        <option value="marketing">{w.what_marketing}</option>
      </SelectField>
      <TextField
        label={w.note}
        name="note"
        maxLength={1000}
        placeholder={w.note_placeholder}
        error={form.field('note')}
      />
      <FormEnd form={form} deed={w.action} tone="danger" onCancel={onClose} />
    </form>
  );
}
