import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type Rule, rulePackQuery } from '@/api/compliance';
import { useForm } from '@/api/form';
import {
  makeOverride,
  type RuleOverrideKind,
  type RuleOverrideNew,
  startDryRun,
} from '@/api/rules';
import { later } from '@/i18n/later';
import { Loaded } from '@/lib/QueryStates';
import { instantOf } from '@/lib/time';
import { Notice } from '@/ui/Banner';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { SelectField, TextField } from '@/ui/Field';
import { FormEnd } from '@/ui/FormEnd';
import { toast } from '@/ui/Toasts';
import { changeable, hoursValue } from './override-words';
import { demandOf, placesOf } from './rule-words';
import { STATES, stateName } from './states';

const w = later.rules;
const KINDS = ['close', 'hours', 'cap', 'off'] as const satisfies readonly RuleOverrideKind[];
const COUNTRIES = ['US', 'CA', 'GB', 'FR', 'EU', 'AU'] as const;
const DAYS = ['daily', 'Mon-Fri', 'Mon-Sat'] as const;

/** Changes a rule of the live pack, or closes a place, with the reason on record. */
export function OverrideDialog({
  pack,
  onClose,
}: {
  /** The live pack; null while the dialog is shut. */
  pack: string | null;
  onClose: () => void;
}) {
  return (
    <Dialog
      open={pack !== null}
      onOpenChange={(open) => !open && onClose()}
      title={w.add_title}
      description={w.overrides_hint}
    >
      {pack === null ? null : <OverrideOf pack={pack} onClose={onClose} />}
    </Dialog>
  );
}

function OverrideOf({ pack, onClose }: { pack: string; onClose: () => void }) {
  return (
    <Loaded query={useQuery(rulePackQuery(pack))}>
      {({ rules }) => <OverrideForm rules={rules} onClose={onClose} />}
    </Loaded>
  );
}

function OverrideForm({ rules, onClose }: { rules: readonly Rule[]; onClose: () => void }) {
  const [kind, setKind] = useState<RuleOverrideKind>('close');
  const offered = changeable(rules, kind);
  const wished = (value: (name: string) => string): RuleOverrideNew => {
    const worth = {
      close: value('place'),
      hours: hoursValue(value('days'), value('opens'), value('closes')),
      cap: `${value('count')} in ${value('hours')} h`,
      off: undefined,
    }[kind];
    const from = instantOf(value('from'));
    const until = instantOf(value('until'));
    return {
      kind,
      reason: value('reason').trim(),
      ...(kind === 'close' ? {} : { rule: value('rule') }),
      ...(worth === undefined ? {} : { value: worth }),
      ...(from === undefined ? {} : { from }),
      ...(until === undefined ? {} : { until }),
    };
  };
  const making = useForm(async (value) => {
    await makeOverride(wished(value));
    toast(w.made);
    onClose();
  });
  const trying = useForm(async (value) => {
    await startDryRun({ override: wished(value) });
    toast(w.tried);
    onClose();
  });
  const [tried, setTried] = useState(false);
  // What is wrong is told of whichever was asked last; what is tried names its fields within.
  const form = tried
    ? {
        busy: false,
        error: trying.error,
        field: (name: string) => trying.field(`override.${name}`) ?? trying.field(name),
      }
    : making;
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    const submitter = (event.nativeEvent as SubmitEvent).submitter;
    const tries = submitter instanceof HTMLButtonElement && submitter.value === 'try';
    setTried(tries);
    return (tries ? trying : making).onSubmit(event);
  };
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-3">
      <SelectField
        label={w.kind}
        value={kind}
        error={form.field('kind')}
        onChange={(event) => setKind(KINDS.find((one) => one === event.target.value) ?? 'close')}
      >
        {KINDS.map((one) => (
          <option key={one} value={one}>
            {w.kinds[one]}
          </option>
        ))}
      </SelectField>
      {kind === 'close' ? (
        <SelectField label={w.place} name="place" error={form.field('value')}>
          {STATES.map(([code]) => (
            <option key={code} value={`US-${code}`}>
              {stateName(code)}
            </option>
          ))}
          {COUNTRIES.map((code) => (
            <option key={code} value={code}>
              {placesOf({ places: [code] })}
            </option>
          ))}
        </SelectField>
      ) : (
        <RuleField rules={offered} error={form.field('rule')} />
      )}
      <Values kind={kind} error={form.field('value')} />
      <div className="grid gap-3 md:grid-cols-2">
        <TextField
          label={w.from}
          name="from"
          type="datetime-local"
          hint={w.from_hint}
          error={form.field('from')}
        />
        <TextField
          label={w.until}
          name="until"
          type="datetime-local"
          required={kind === 'close'}
          hint={kind === 'close' ? w.until_close : w.until_open}
          error={form.field('until')}
        />
      </div>
      <TextField
        label={w.reason}
        name="reason"
        required
        maxLength={500}
        hint={w.reason_hint}
        error={form.field('reason')}
      />
      {kind === 'off' ? <Notice tone="warn">{w.off_warn}</Notice> : null}
      <FormEnd
        form={form}
        deed={kind === 'close' ? w.make_close : w.make}
        tone={kind === 'off' ? 'danger' : 'primary'}
        onCancel={onClose}
      />
      <div className="border-line border-t pt-3">
        <p className="mb-2 text-muted">{w.try_hint}</p>
        <Button type="submit" value="try" busy={trying.busy}>
          {w.try_first}
        </Button>
      </div>
    </form>
  );
}

function RuleField({ rules, error }: { rules: readonly Rule[]; error: string | undefined }) {
  if (rules.length === 0) return <p className="text-muted">{w.no_rules}</p>;
  return (
    <SelectField label={w.rule} name="rule" required error={error}>
      {rules.map((rule) => (
        <option key={rule.id} value={rule.id}>
          {rule.id}: {placesOf(rule)}, {demandOf(rule)}
        </option>
      ))}
    </SelectField>
  );
}

/** What a rule is to say instead. */
function Values({ kind, error }: { kind: RuleOverrideKind; error: string | undefined }) {
  if (kind === 'hours') {
    return (
      <div className="grid grid-cols-2 gap-3 md:grid-cols-3">
        <SelectField label={w.days} name="days" className="max-md:col-span-2">
          {DAYS.map((days) => (
            <option key={days} value={days}>
              {w.day_sets[days]}
            </option>
          ))}
        </SelectField>
        <TextField label={w.opens} name="opens" type="time" required defaultValue="09:00" />
        <TextField
          label={w.closes}
          name="closes"
          type="time"
          required
          defaultValue="19:00"
          error={error}
        />
        <p className="col-span-full text-faint text-label">{w.hours_hint}</p>
      </div>
    );
  }
  if (kind !== 'cap') return null;
  return (
    <div className="grid grid-cols-2 gap-3">
      <TextField label={w.count} name="count" type="number" required min={1} defaultValue={2} />
      <TextField
        label={w.span}
        name="hours"
        type="number"
        required
        min={1}
        max={8760}
        defaultValue={24}
        error={error}
      />
    </div>
  );
}
