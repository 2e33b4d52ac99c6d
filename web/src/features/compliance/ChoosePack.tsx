import { useState } from 'react';
import { useForm } from '@/api/form';
import { type Rules, setRules, startDryRun } from '@/api/rules';
import { later } from '@/i18n/later';
import { Notice } from '@/ui/Banner';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { SelectField, TextField } from '@/ui/Field';
import { FormEnd } from '@/ui/FormEnd';
import { toast } from '@/ui/Toasts';

const w = later.rules;

/** Which pack is live, with the reason on record. */
export function ChoosePack({
  rules,
  choice,
  onClose,
}: {
  /** Null while the dialog is shut. */
  rules: Rules | null;
  /** What is chosen to begin with; what is live where absent. */
  choice?: string | undefined;
  onClose: () => void;
}) {
  return (
    <Dialog
      open={rules !== null}
      onOpenChange={(open) => !open && onClose()}
      title={w.choose_title}
      description={w.choose_detail}
    >
      {rules ? <PackForm rules={rules} choice={choice ?? rules.choice} onClose={onClose} /> : null}
    </Dialog>
  );
}

function PackForm({
  rules,
  choice,
  onClose,
}: {
  rules: Rules;
  choice: string;
  onClose: () => void;
}) {
  const [pack, setPack] = useState(choice);
  const trying = useForm(async () => {
    await startDryRun({ pack });
    toast(w.tried);
    onClose();
  });
  const form = useForm(async (value) => {
    await setRules(pack, value('reason').trim());
    toast(w.made_live(rules.presets.find(({ name }) => name === pack)?.pack ?? pack));
    onClose();
  });
  const names = rules.presets.map(({ name }) => name);
  // A pack that was pinned by its number stays choosable as it is.
  const choices = [...new Set([choice, rules.choice, ...names])].sort(
    (one, other) => names.indexOf(one) - names.indexOf(other),
  );
  return (
    <>
      <form onSubmit={form.onSubmit} className="flex flex-col gap-3">
        <SelectField
          label={w.preset}
          value={pack}
          error={form.field('pack')}
          onChange={(event) => setPack(event.target.value)}
        >
          {choices.map((name) => (
            <option key={name} value={name}>
              {w.presets[name] ?? name}
            </option>
          ))}
        </SelectField>
        {pack.startsWith('federal') ? <Notice tone="warn">{w.fewer}</Notice> : null}
        <TextField
          label={w.reason}
          name="reason"
          required
          maxLength={500}
          hint={w.reason_hint}
          error={form.field('reason')}
        />
        <FormEnd
          form={form}
          deed={w.make_live}
          tone={pack.startsWith('federal') ? 'danger' : 'primary'}
          onCancel={onClose}
        />
      </form>
      <form onSubmit={trying.onSubmit} className="mt-3 border-line border-t pt-3">
        {trying.error ? <Notice tone="bad">{trying.error}</Notice> : null}
        <p className="mb-2 text-muted">{w.try_hint}</p>
        <Button type="submit" busy={trying.busy}>
          {w.try_first}
        </Button>
      </form>
    </>
  );
}
