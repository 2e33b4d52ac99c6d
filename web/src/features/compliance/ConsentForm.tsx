import { addConsent } from '@/api/consents';
import { useForm } from '@/api/form';
import { t } from '@/i18n/t';
import { formatAddress, parseAddress } from '@/lib/phone';
import { SelectField, TextAreaField, TextField } from '@/ui/Field';
import { FormEnd } from '@/ui/FormEnd';
import { toast } from '@/ui/Toasts';

const w = t.compliance.consents.form;
const ACTIONS = ['grant', 'request', 'confirm', 'revoke', 'expire'] as const;
const PERMITS = ['marketing', 'transactional', 'all'] as const;
const PROOFS = ['written', 'express', 'unproven'] as const;
const METHODS = ['paper', 'web_form', 'checkout', 'agent', 'email', 'import', 'api'] as const;

const one = <Word extends string>(words: readonly Word[], value: string): Word =>
  words.find((word) => word === value) ?? (words[0] as Word);

/** An entry by hand: from paper, from another tool, from a talk on the phone. */
export function ConsentForm({ number, onDone }: { number: string; onDone: () => void }) {
  const form = useForm(async (value) => {
    const words = value('disclosure');
    const when = value('occurred_at');
    const source = value('source').trim();
    await addConsent({
      address: parseAddress(value('address')) ?? value('address').trim(),
      action: one(ACTIONS, value('action')),
      permits: one(PERMITS, value('permits')),
      proof: one(PROOFS, value('proof')),
      method: one(METHODS, value('method')),
      ...(words ? { disclosure: { text: words, locale: value('locale').trim() } } : {}),
      ...(source ? { evidence: { source } } : {}),
      ...(when ? { occurred_at: new Date(when).getTime() } : {}),
    });
    toast(w.done);
    onDone();
  });
  const shown = t.compliance.consents;
  return (
    <form onSubmit={form.onSubmit} className="flex flex-col gap-3">
      <TextField
        label={t.compliance.number}
        name="address"
        type="tel"
        required
        autoFocus
        defaultValue={number ? formatAddress(number) : ''}
        error={form.field('address')}
      />
      <div className="grid gap-3 md:grid-cols-2">
        <SelectField label={w.action} name="action" error={form.field('action')}>
          {ACTIONS.map((action) => (
            <option key={action} value={action}>
              {w.actions[action]}
            </option>
          ))}
        </SelectField>
        <SelectField label={w.permits} name="permits" error={form.field('permits')}>
          {PERMITS.map((permits) => (
            <option key={permits} value={permits}>
              {shown.permits[permits]}
            </option>
          ))}
        </SelectField>
        <SelectField label={w.proof} name="proof" error={form.field('proof')}>
          {PROOFS.map((proof) => (
            <option key={proof} value={proof}>
              {shown.proofs[proof]}
            </option>
          ))}
        </SelectField>
        <SelectField label={w.method} name="method" error={form.field('method')}>
          {METHODS.map((method) => (
            <option key={method} value={method}>
              {t.compliance.methods[method]}
            </option>
          ))}
        </SelectField>
      </div>
      <TextAreaField
        label={w.disclosure}
        name="disclosure"
        rows={4}
        hint={w.disclosure_hint}
        error={form.field('disclosure') ?? form.field('disclosure.text')}
      />
      <div className="grid gap-3 md:grid-cols-2">
        <TextField
          label={w.locale}
          name="locale"
          defaultValue="en-US"
          error={form.field('disclosure.locale')}
        />
        <TextField
          label={w.when}
          name="occurred_at"
          type="datetime-local"
          hint={w.when_hint}
          error={form.field('occurred_at')}
        />
      </div>
      <TextField
        label={w.source}
        name="source"
        hint={w.source_hint}
        error={form.field('evidence')}
      />
      <FormEnd form={form} deed={w.create} onCancel={onDone} />
    </form>
  );
}
