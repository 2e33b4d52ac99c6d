import { useQuery } from '@tanstack/react-query';
import { Settings2, Smartphone, X } from 'lucide-react';
import { useState } from 'react';
import { inboxesQuery } from '@/api/settings';
import { phonesQuery } from '@/api/simulator';
import { t } from '@/i18n/t';
import { cn } from '@/lib/cn';
import { useKeysOf } from '@/lib/commands';
import { useDesk } from '@/lib/desk';
import { formatAddress, parseAddress } from '@/lib/phone';
import { isString, read, write } from '@/lib/storage';
import { SelectField, TextField } from '@/ui/Field';
import { IconButton } from '@/ui/IconButton';
import { Empty } from '@/ui/States';
import { FaultSwitches } from './FaultSwitches';
import { Phone } from './Phone';

const KEY = 'hark.simulator-number';
/** A number of the range kept for fiction, so that no real person is ever meant. */
const FIRST_NUMBER = '+14155550134';

/** A phone beside the desk: type as any customer, see what a handset would show. */
export function SimulatorDock() {
  const toggle = useDesk((desk) => desk.toggleDock);
  const keys = useKeysOf('desk.simulator');
  const inboxes = useQuery(inboxesQuery);
  const phones = useQuery(phonesQuery).data?.items ?? [];
  const [number, setNumber] = useState(() => read(KEY, isString) ?? FIRST_NUMBER);
  const [typed, setTyped] = useState(() => formatAddress(number));
  const [chosen, setChosen] = useState('');
  const [faults, setFaults] = useState(false);
  const simulated = inboxes.data?.items.filter((inbox) => inbox.simulated) ?? [];
  const inbox = simulated.find((item) => item.id === chosen) ?? simulated[0];

  // Both do not fit on a phone: there the switches take the place, and what is typed stays.
  const besideFaults = faults && inbox ? 'max-md:hidden' : '';

  const take = (text: string) => {
    setTyped(text);
    const parsed = parseAddress(text);
    if (parsed) {
      setNumber(parsed);
      write(KEY, parsed);
    }
  };

  return (
    <aside
      aria-label={t.simulator.title}
      className="flex min-h-0 flex-col border-line bg-bg max-md:fixed max-md:inset-0 max-md:z-30 md:w-[340px] md:shrink-0 md:border-s"
    >
      <div className="flex h-14 shrink-0 items-center gap-2 border-line border-b bg-surface ps-4 pe-2">
        <Smartphone aria-hidden className="size-4 text-accent" />
        <h2 className="flex-1 font-semibold text-title">{t.simulator.title}</h2>
        <IconButton
          icon={Settings2}
          label={t.simulator.faults}
          pressed={faults}
          onClick={() => setFaults(!faults)}
        />
        <IconButton icon={X} label={t.simulator.close} keys={keys} onClick={toggle} />
      </div>
      {inboxes.isSuccess && !inbox ? (
        <Empty icon={Smartphone} title={t.simulator.no_inbox} className="flex-1" />
      ) : (
        <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
          {faults && inbox ? (
            <FaultSwitches inbox={inbox.id} onBack={() => setFaults(false)} />
          ) : null}
          <div className={cn('grid shrink-0 grid-cols-2 gap-2 px-4 pt-3', besideFaults)}>
            <TextField
              label={t.simulator.your_number}
              value={typed}
              inputMode="tel"
              list="simulator-phones"
              aria-invalid={parseAddress(typed) === null || undefined}
              onChange={(event) => take(event.target.value)}
            />
            <datalist id="simulator-phones">
              {phones.map((phone) => (
                <option key={phone.number} value={phone.number} label={phone.preview} />
              ))}
            </datalist>
            <SelectField
              label={t.simulator.to}
              value={inbox?.id ?? ''}
              onChange={(event) => setChosen(event.target.value)}
            >
              {simulated.map((item) => (
                <option key={item.id} value={item.id}>
                  {item.name}
                </option>
              ))}
            </SelectField>
          </div>
          {inbox ? <Phone number={number} inbox={inbox} className={besideFaults} /> : null}
          <p className={cn('shrink-0 px-4 pb-3 text-center text-faint text-meta', besideFaults)}>
            {t.simulator.intro}
          </p>
        </div>
      )}
    </aside>
  );
}
