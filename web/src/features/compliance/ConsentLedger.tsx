import { useInfiniteQuery } from '@tanstack/react-query';
import { NotebookPen, Plus } from 'lucide-react';
import { useState } from 'react';
import { type Consent, consentsQuery } from '@/api/consents';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/hooks';
import { formatAddress } from '@/lib/phone';
import { age, fullTime } from '@/lib/time';
import { Badge, type Tone } from '@/ui/Badge';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { Page } from '@/ui/Page';
import { ConsentForm } from './ConsentForm';
import { NumberFilter } from './NumberFilter';
import { PagedList } from './PagedList';
import { At, Facts, OpenRow, Quote } from './parts';

const w = t.compliance.consents;
const TONES: Record<Consent['action'], Tone> = {
  request: 'info',
  grant: 'ok',
  confirm: 'ok',
  revoke: 'bad',
  resume: 'ok',
  keep: 'info',
  expire: 'plain',
  doubt: 'warn',
  settle: 'plain',
};

/** What customers permitted and took back, with what proves it. */
export function ConsentLedger({
  number,
  onNumber,
  mayAdd,
  onCustomer,
}: {
  /** Whose entries, in E.164; everybody's where empty. */
  number: string;
  onNumber: (number: string) => void;
  mayAdd: boolean;
  onCustomer: (id: string) => void;
}) {
  const query = useInfiniteQuery(consentsQuery(number));
  const [adding, setAdding] = useState(false);
  const now = useNow();
  return (
    <Page
      title={t.compliance.pages.consents}
      intro={w.intro}
      actions={
        mayAdd ? (
          <Button tone="primary" icon={Plus} onClick={() => setAdding(true)}>
            {w.add}
          </Button>
        ) : null
      }
    >
      <NumberFilter number={number} action={t.compliance.find} onNumber={onNumber} />
      <PagedList
        key={number}
        query={query}
        empty={
          number
            ? { icon: NotebookPen, title: w.none }
            : { icon: NotebookPen, title: w.empty, detail: w.empty_detail }
        }
        row={(entry) => <Entry key={entry.id} entry={entry} now={now} onCustomer={onCustomer} />}
      />
      <Dialog open={adding} onOpenChange={setAdding} title={w.form.title} description={w.form.hint}>
        {adding ? <ConsentForm number={number} onDone={() => setAdding(false)} /> : null}
      </Dialog>
    </Page>
  );
}

function Entry({
  entry,
  now,
  onCustomer,
}: {
  entry: Consent;
  now: number;
  onCustomer: (id: string) => void;
}) {
  const number = formatAddress(entry.address);
  const who = entry.actor_name ?? t.compliance.actors[entry.actor_kind] ?? entry.actor_kind;
  const customer = entry.customer_id;
  return (
    <OpenRow
      label={t.compliance.details}
      name={t.compliance.details_of(`${w.actions[entry.action]}, ${number}`)}
      head={(more) => (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <div className="min-w-[200px] flex-1">
            <p className="flex flex-wrap items-center gap-2">
              <Badge tone={TONES[entry.action]}>{w.actions[entry.action]}</Badge>
              <span className="font-medium">{number}</span>
            </p>
            <p className="mt-0.5 text-label text-muted">
              {[
                w.permits[entry.permits] + (entry.topic ? `, ${w.topic(entry.topic)}` : ''),
                t.compliance.methods[entry.method],
                w.proofs[entry.proof],
                w.by(who),
              ].join(' · ')}
            </p>
          </div>
          <At ms={entry.occurred_at} className="text-faint text-label">
            {age(entry.occurred_at, now)}
          </At>
          <div className="flex gap-1">
            {more}
            {customer ? (
              <Button
                size="sm"
                aria-label={t.compliance.opt_outs.look(number)}
                onClick={() => onCustomer(customer)}
              >
                {t.compliance.opt_outs.look_short}
              </Button>
            ) : null}
          </div>
        </div>
      )}
    >
      {() => <Proof entry={entry} />}
    </OpenRow>
  );
}

/** The words that were shown, the words that were written, and whatever else was kept. */
function Proof({ entry }: { entry: Consent }) {
  const evidence = Object.entries(entry.evidence as Record<string, unknown>);
  const words = evidence.find(([name]) => name === 'words')?.[1];
  const matched = evidence.find(([name]) => name === 'matched_by')?.[1];
  const rest = evidence.filter(([name]) => name !== 'words' && name !== 'matched_by');
  return (
    <div className="flex flex-col gap-3">
      {entry.disclosure ? (
        <div>
          <h2 className="mb-1 font-semibold text-label text-muted">
            {w.disclosure(entry.disclosure.locale)}
          </h2>
          <Quote>{entry.disclosure.text}</Quote>
        </div>
      ) : null}
      {typeof words === 'string' && words ? (
        <div>
          <h2 className="mb-1 font-semibold text-label text-muted">{w.their_words}</h2>
          <Quote>{words}</Quote>
          {typeof matched === 'string' ? (
            <p className="mt-1 text-label text-muted">{t.compliance.read_as(matched)}</p>
          ) : null}
        </div>
      ) : null}
      <Facts
        items={[
          [w.acted, fullTime(entry.occurred_at)],
          [w.recorded, fullTime(entry.recorded_at)],
          ...rest
            .filter(([, value]) => value !== '' && value !== null)
            .map(
              ([name, value]) =>
                [
                  name.replaceAll('_', ' '),
                  typeof value === 'string' ? value : JSON.stringify(value),
                ] as const,
            ),
          [
            w.entry,
            <code key="id" className="font-mono text-meta">
              {entry.id}
            </code>,
          ],
        ]}
      />
    </div>
  );
}
