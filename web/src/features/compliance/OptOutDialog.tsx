import { useState } from 'react';
import { optOut } from '@/api/consents';
import { useForm } from '@/api/form';
import { t } from '@/i18n/t';
import { formatAddress, parseAddress } from '@/lib/phone';
import { instantOf } from '@/lib/time';
import { Dialog } from '@/ui/Dialog';
import { SelectField, TextAreaField, TextField } from '@/ui/Field';
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
  const [way, setWay] = useState<'told' | 'email'>('told');
  const form = useForm(async (value) => {
    const address = number || parseAddress(value('address')) || value('address').trim();
    // A date that cannot be read is the server's to refuse: what an email proves hangs on it.
    const email = {
      text: value('text'),
      from: value('from').trim(),
      sent_at: instantOf(value('sent_at')) ?? -1,
    };
    await optOut({
      address,
      note: value('note').trim(),
      permits: value('permits') === 'marketing' ? 'marketing' : 'all',
      ...(way === 'email' ? { email } : {}),
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
      <SelectField
        label={w.way}
        value={way}
        onChange={(event) => setWay(event.target.value === 'email' ? 'email' : 'told')}
      >
        <option value="told">{w.way_told}</option>
        <option value="email">{w.way_email}</option>
      </SelectField>
      {way === 'email' ? (
        <EmailFields fault={form.field} />
      ) : (
        <TextField
          label={w.note}
          name="note"
          maxLength={1000}
          placeholder={w.note_placeholder}
          error={form.field('note')}
        />
      )}
      <FormEnd form={form} deed={w.action} tone="danger" onCancel={onClose} />
    </form>
  );
}

/** The e-mail that asked: its words and its date are what proves it. */
function EmailFields({ fault }: { fault: (name: string) => string | undefined }) {
  return (
    <>
      <TextAreaField
        label={w.email_text}
        name="text"
        required
        rows={4}
        maxLength={1500}
        error={fault('email.text')}
      />
      <TextField
        label={w.email_from}
        name="from"
        type="email"
        maxLength={254}
        error={fault('email.from')}
      />
      <TextField
        label={w.email_sent}
        name="sent_at"
        type="datetime-local"
        required
        error={fault('email.sent_at') ?? fault('occurred_at')}
      />
    </>
  );
}
