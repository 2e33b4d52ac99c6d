import { useQuery } from '@tanstack/react-query';
import { Moon, Sun } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { type WindowMap as Hours, type StateWindow, windowsQuery } from '@/api/compliance';
import { t } from '@/i18n/t';
import { cn } from '@/lib/cn';
import { useNow } from '@/lib/hooks';
import { Loaded } from '@/lib/QueryStates';
import { duration, moment, placeOf, timeInZone } from '@/lib/time';
import { Page, Row, Rows, Section } from '@/ui/Page';
import { COLUMNS, neighbour, STATES, stateName } from './states';

const w = t.compliance.hours;

/** Where a marketing text may be sent now: each state a tile, and in words when that changes. */
export function WindowMap() {
  return (
    <Page title={t.compliance.pages.hours} intro={w.hint}>
      <Windows />
    </Page>
  );
}

function Windows() {
  return (
    <Loaded query={useQuery(windowsQuery)} rows={6}>
      {(windows) => <Shown windows={windows} />}
    </Loaded>
  );
}

function Shown({ windows }: { windows: Hours }) {
  const [chosen, setChosen] = useState('NY');
  const by = new Map(windows.states.map((state) => [state.state, state]));
  const open = windows.states.filter((state) => state.open).length;
  return (
    <>
      <Section title={w.title(open, windows.states.length)}>
        <Tiles by={by} chosen={chosen} onChoose={setChosen} />
        <Legend />
        <OneState code={chosen} window={by.get(chosen)} />
      </Section>
      <Changes windows={windows} />
      <p className="text-faint text-label">{w.basis(windows.pack, windows.tz_db)}</p>
    </>
  );
}

/** One tab stop; arrows go to the neighbour on the map. */
function Tiles({
  by,
  chosen,
  onChoose,
}: {
  by: ReadonlyMap<string, StateWindow>;
  chosen: string;
  onChoose: (code: string) => void;
}) {
  const map = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = neighbour(chosen, event.key);
    if (!next || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    onChoose(next);
    map.current?.querySelector<HTMLElement>(`[data-state=${next}]`)?.focus();
  };
  return (
    <div
      ref={map}
      role="radiogroup"
      aria-label={w.map}
      onKeyDown={onKeyDown}
      className="mx-auto grid max-w-[620px] gap-1"
      style={{ gridTemplateColumns: `repeat(${COLUMNS}, minmax(0, 1fr))` }}
    >
      {STATES.map(([code, name, column, row]) => {
        const open = by.get(code)?.open ?? false;
        const Icon = open ? Sun : Moon;
        return (
          <button
            key={code}
            type="button"
            role="radio"
            aria-checked={code === chosen}
            aria-label={`${name}, ${open ? w.open : w.closed}`}
            data-state={code}
            tabIndex={code === chosen ? 0 : -1}
            onClick={() => onChoose(code)}
            className={cn(
              'flex aspect-square min-w-0 flex-col items-center justify-center gap-0.5 rounded-control border font-semibold text-meta md:text-label',
              open
                ? 'border-accent/40 bg-accent-soft text-accent'
                : 'border-transparent bg-sunken text-muted',
              code === chosen && 'border-accent ring-1 ring-accent',
            )}
            style={{ gridColumn: column + 1, gridRow: row + 1 }}
          >
            <Icon aria-hidden className="size-3 md:size-3.5" strokeWidth={2} />
            {code}
          </button>
        );
      })}
    </div>
  );
}

function Legend() {
  return (
    <p className="mt-3 flex flex-wrap justify-center gap-x-5 gap-y-1 text-label text-muted">
      <span className="inline-flex items-center gap-1.5">
        <Sun aria-hidden className="size-3.5 text-accent" />
        {w.open}
      </span>
      <span className="inline-flex items-center gap-1.5">
        <Moon aria-hidden className="size-3.5" />
        {w.closed}
      </span>
    </p>
  );
}

function OneState({ code, window }: { code: string; window: StateWindow | undefined }) {
  const now = useNow();
  const at = window?.changes_at ?? null;
  return (
    <div role="status" className="mt-4 border-line border-t pt-3">
      <p className="font-medium">
        {stateName(code)}: {window?.open ? w.open : w.closed}
      </p>
      {window ? (
        <p className="text-label text-muted">
          {window.local_times
            .map(({ zone }) => t.customer.local_time(timeInZone(now, zone), placeOf(zone)))
            .join(' · ')}
        </p>
      ) : null}
      {window && at !== null ? (
        <p className="text-label text-muted">
          {(window.open ? w.closes : w.opens)(
            [...new Set(window.local_times.map(({ zone }) => timeInZone(at, zone)))].join(' / '),
            duration(at - now),
          )}
        </p>
      ) : null}
    </div>
  );
}

/** The same in words: which states change together, soonest first. */
function Changes({ windows }: { windows: Hours }) {
  const now = useNow();
  const groups = new Map<string, { at: number | null; open: boolean; codes: string[] }>();
  for (const { state, open, changes_at } of windows.states) {
    const at = changes_at ?? null;
    const key = `${at} ${open}`;
    const group = groups.get(key) ?? { at, open, codes: [] };
    group.codes.push(state);
    groups.set(key, group);
  }
  const never = Number.POSITIVE_INFINITY;
  const sorted = [...groups.values()].sort((a, b) => (a.at ?? never) - (b.at ?? never));
  return (
    <Section title={w.changes} hint={w.changes_hint} flush>
      <Rows>
        {sorted.map(({ at, open, codes }) => (
          <Row key={`${at} ${open}`}>
            <div className="w-44 max-md:w-full">
              <p className="font-medium">
                {at === null ? w.never : (open ? w.close_at : w.open_at)(moment(at, now))}
              </p>
              {at === null ? null : (
                <p className="text-label text-muted">{w.in(duration(at - now))}</p>
              )}
            </div>
            <p className="min-w-0 flex-1 text-muted">{codes.map(stateName).sort().join(', ')}</p>
          </Row>
        ))}
      </Rows>
    </Section>
  );
}
