import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { errorText } from '@/api/errors';
import { type Faults, faultsQuery, setFaults } from '@/api/simulator';
import { t } from '@/i18n/t';
import { Button } from '@/ui/Button';
import { SelectField, TextField } from '@/ui/Field';
import { Switch } from '@/ui/Switch';
import { toast } from '@/ui/Toasts';

/** How a new line behaves, as the server begins it: no faults, and the moment a text takes. */
export const WELL: Faults = {
  delay_ms: 150,
  receipt_delay_ms: 100,
  loss_pct: 0,
  double_pct: 0,
  disorder_pct: 0,
  throttle_per_second: null,
  reject_code: null,
  carrier_opt_out: false,
};

const NUMBERS = [
  { key: 'delay_ms', label: `${t.simulator.delay} (${t.simulator.ms})`, max: 600_000 },
  {
    key: 'receipt_delay_ms',
    label: `${t.simulator.receipt_delay} (${t.simulator.ms})`,
    max: 600_000,
  },
  { key: 'loss_pct', label: `${t.simulator.loss} (${t.simulator.pct})`, max: 100 },
  { key: 'double_pct', label: `${t.simulator.double} (${t.simulator.pct})`, max: 100 },
  { key: 'disorder_pct', label: `${t.simulator.disorder} (${t.simulator.pct})`, max: 100 },
] as const;

interface Props {
  inbox: string;
  /** Shows the phone again, which these stand in place of where the screen has no room for both. */
  onBack: () => void;
}

/** How badly the simulated carrier behaves. */
export function FaultSwitches(props: Props) {
  const query = useQuery(faultsQuery(props.inbox));
  if (!query.data) return null;
  return <FaultForm key={props.inbox} {...props} initial={query.data} />;
}

function FaultForm({ inbox, initial, onBack }: Props & { initial: Faults }) {
  const [faults, set] = useState(initial);
  const apply = (next: Faults) => {
    set(next);
    setFaults(inbox, next).catch((error: unknown) => toast(errorText(error), { tone: 'bad' }));
  };
  const number = (text: string, max: number) =>
    Math.min(max, Math.max(0, Math.round(Number(text) || 0)));
  return (
    <section
      aria-label={t.simulator.faults}
      className="overflow-y-auto border-line border-b bg-surface px-4 py-3 max-md:flex-1 md:max-h-[46%] md:shrink-0"
    >
      <p className="mb-2 text-label text-muted">{t.simulator.faults_hint}</p>
      <div className="grid grid-cols-2 gap-2">
        {NUMBERS.map(({ key, label, max }) => (
          <TextField
            key={key}
            label={label}
            type="number"
            min={0}
            max={max}
            value={faults[key]}
            onChange={(event) => apply({ ...faults, [key]: number(event.target.value, max) })}
          />
        ))}
        <TextField
          label={t.simulator.throttle}
          type="number"
          min={0}
          placeholder={t.simulator.unlimited}
          value={faults.throttle_per_second ?? ''}
          onChange={(event) =>
            apply({ ...faults, throttle_per_second: number(event.target.value, 10_000) || null })
          }
        />
        <SelectField
          label={t.simulator.reject}
          value={faults.reject_code ?? ''}
          onChange={(event) => apply({ ...faults, reject_code: event.target.value || null })}
          className="col-span-2"
        >
          <option value="">{t.simulator.reject_none}</option>
          {Object.entries(t.error_classes).map(([code, words]) => (
            <option key={code} value={code}>
              {words}
            </option>
          ))}
        </SelectField>
      </div>
      <div className="mt-3 flex flex-col gap-3">
        <Switch
          label={t.simulator.carrier_opt_out}
          checked={faults.carrier_opt_out}
          onChange={(carrier_opt_out) => apply({ ...faults, carrier_opt_out })}
        />
        <Button size="sm" onClick={() => apply(WELL)}>
          {t.simulator.reset}
        </Button>
        <Button size="sm" className="md:hidden" onClick={onBack}>
          {t.simulator.back}
        </Button>
      </div>
    </section>
  );
}
