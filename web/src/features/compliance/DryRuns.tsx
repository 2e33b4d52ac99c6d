import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import { errorText } from '@/api/errors';
import {
  cancelDryRun,
  type DryRun,
  type DryRunChange,
  dryRunChangesQuery,
  dryRunsQuery,
} from '@/api/rules';
import { later } from '@/i18n/later';
import { useNow } from '@/lib/hooks';
import { Loaded } from '@/lib/QueryStates';
import { dateOf, dayMark, timeOfDay } from '@/lib/time';
import { Badge, type Tone } from '@/ui/Badge';
import { Button } from '@/ui/Button';
import { Meter } from '@/ui/Meter';
import { Rows, Section } from '@/ui/Page';
import { toast } from '@/ui/Toasts';
import { overrideWords } from './override-words';
import { PagedList } from './PagedList';
import { At, OpenRow } from './parts';

const w = later.rules.dry;
const TONES: Record<DryRun['state'], Tone> = { trying: 'info', done: 'ok', cancelled: 'plain' };

/** Rules that were tried on the texts of the last 30 days: how far, what came of it, and make it live. */
export function DryRuns({
  live,
  onMakeLive,
}: {
  /** The choice that is live. */
  live: string;
  /** Asks whether a pack is to be made live; none for those who may not. */
  onMakeLive: ((choice: string) => void) | undefined;
}) {
  const query = useQuery(dryRunsQuery);
  return (
    <Loaded query={query} rows={1}>
      {({ items }) =>
        items.length === 0 ? null : (
          <Section title={w.title} hint={w.hint} flush>
            <Rows>
              {items.map((run) => (
                <Run
                  key={run.id}
                  run={run}
                  onMakeLive={
                    onMakeLive && run.state === 'done' && !run.override && run.choice !== live
                      ? () => onMakeLive(run.choice)
                      : undefined
                  }
                  onCancel={
                    onMakeLive && run.state === 'trying'
                      ? () =>
                          void cancelDryRun(run.id).catch((error: unknown) =>
                            toast(errorText(error), { tone: 'bad' }),
                          )
                      : undefined
                  }
                />
              ))}
            </Rows>
          </Section>
        )
      }
    </Loaded>
  );
}

/** How many texts fared otherwise. */
export const changedOf = ({ changes }: Pick<DryRun, 'changes'>): number =>
  changes.reduce((sum, { texts }) => sum + texts, 0);

function Run({
  run,
  onMakeLive,
  onCancel,
}: {
  run: DryRun;
  onMakeLive: (() => void) | undefined;
  onCancel: (() => void) | undefined;
}) {
  const now = useNow();
  const changed = changedOf(run);
  const name = run.override
    ? w.pack_with(run.choice, overrideWords(run.override))
    : w.pack(run.choice);
  return (
    <OpenRow
      label={w.changes}
      name={w.changes_of(name)}
      head={(more) => (
        <>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <p className="min-w-[160px] flex-1 font-medium">
              {name} <Badge tone={TONES[run.state]}>{w.states[run.state]}</Badge>
            </p>
            <At ms={run.created_at} className="text-faint text-label">
              {dayMark(run.created_at, now)} {timeOfDay(run.created_at)}
            </At>
          </div>
          {run.state === 'trying' ? (
            <div className="my-2">
              <Meter label={w.trying} done={run.done} total={run.total} />
            </div>
          ) : null}
          <ul className="my-1">
            <li>{changed === 0 ? w.none(run.judged) : w.changed(changed, run.judged)}</li>
            {run.changes.map(({ was, becomes, texts }) => (
              <li key={`${was} ${becomes}`} className="text-warn">
                {w.count(texts, w.verdicts[was], w.verdicts[becomes])}
              </li>
            ))}
          </ul>
          <p className="text-label text-muted">
            {[
              run.elsewhere > 0 ? w.elsewhere(run.elsewhere) : '',
              run.unjudged > 0 ? w.unjudged(run.unjudged) : '',
              run.drifted > 0 ? w.drifted(run.drifted) : '',
            ]
              .filter(Boolean)
              .join(' ')}
          </p>
          <div className="mt-2 flex flex-wrap gap-2">
            {changed > 0 ? more : null}
            {onCancel ? (
              <Button size="sm" onClick={onCancel}>
                {w.cancel}
              </Button>
            ) : null}
            {onMakeLive ? (
              <Button size="sm" tone="primary" onClick={onMakeLive}>
                {w.make_live}
              </Button>
            ) : null}
          </div>
        </>
      )}
    >
      {() => <Changes id={run.id} />}
    </OpenRow>
  );
}

function Changes({ id }: { id: string }) {
  const query = useInfiniteQuery(dryRunChangesQuery(id));
  return (
    <PagedList
      query={query}
      empty={{ icon: CircleCheck, title: w.no_changes }}
      row={(change) => <ChangeRow key={change.message_id} change={change} />}
    />
  );
}

const instant = (ms: number | null | undefined) =>
  typeof ms === 'number' ? `${dateOf(ms)}, ${timeOfDay(ms)}` : '';

function ChangeRow({ change }: { change: DryRunChange }) {
  const { was, was_until, becomes, becomes_until } = change;
  return (
    <li className="px-4 py-2.5">
      <p className="flex flex-wrap gap-x-3">
        <At ms={change.text_at} className="text-label text-muted">
          {instant(change.text_at)}
        </At>
        <span className="font-medium">
          {w.turned(
            w.verdict(w.verdicts[was], instant(was_until)),
            w.verdict(w.verdicts[becomes], instant(becomes_until)),
          )}
        </span>
      </p>
      <p className="break-words text-label">{change.detail}</p>
      <p className="break-all font-mono text-faint text-meta">
        {change.rule} {change.message_id}
      </p>
    </li>
  );
}
