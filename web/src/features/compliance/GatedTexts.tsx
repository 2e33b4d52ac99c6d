import { useInfiniteQuery } from '@tanstack/react-query';
import { Ban, Clock, Hourglass } from 'lucide-react';
import { type GatedText, gatedQuery } from '@/api/compliance';
import { t } from '@/i18n/t';
import { endsAtNoHour, gateWords } from '@/lib/gate-words';
import { useNow } from '@/lib/hooks';
import { customerName, formatAddress } from '@/lib/phone';
import { moment } from '@/lib/time';
import { Badge } from '@/ui/Badge';
import { Button } from '@/ui/Button';
import { Page } from '@/ui/Page';
import { SegmentedControl } from '@/ui/SegmentedControl';
import { countdown } from './countdown';
import { PagedList } from './PagedList';
import { At, OpenRow } from './parts';
import { Why } from './Why';

const w = t.compliance.gate;
/** The clock of what waits shows seconds in its last hour. */
const TICK_MS = 1000;

/** What the gate let wait and what it stopped, with the rule that did it. */
export function GatedTexts({
  show,
  onShow,
  onThread,
}: {
  show: 'held' | 'refused';
  onShow: (show: 'held' | 'refused') => void;
  onThread: (conversation: string, message: string) => void;
}) {
  const query = useInfiniteQuery(gatedQuery(show));
  const now = useNow(TICK_MS);
  return (
    <Page title={t.compliance.pages.gate} intro={w.intro}>
      <div className="mb-4">
        <SegmentedControl
          label={w.show}
          value={show}
          onChange={onShow}
          options={[
            { value: 'held', label: w.held },
            { value: 'refused', label: w.refused },
          ]}
        />
      </div>
      <PagedList
        key={show}
        query={query}
        empty={
          show === 'held'
            ? { icon: Hourglass, title: w.held_empty, detail: w.held_empty_detail }
            : { icon: Ban, title: w.refused_empty, detail: w.refused_empty_detail }
        }
        row={(text) => <GatedRow key={text.message.id} text={text} now={now} onThread={onThread} />}
      />
    </Page>
  );
}

function GatedRow({
  text,
  now,
  onThread,
}: {
  text: GatedText;
  now: number;
  onThread: (conversation: string, message: string) => void;
}) {
  const { message, customer, decision } = text;
  const name = customerName(customer);
  const said = decision ?? message.reason;
  return (
    <OpenRow
      label={w.why}
      name={w.why_of(name)}
      head={(more) => (
        <>
          <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
            <p className="min-w-0 truncate">
              <span className="font-medium">{name}</span>
              {customer.name ? (
                <span className="text-label text-muted"> {formatAddress(customer.address)}</span>
              ) : null}
            </p>
            <Standing text={text} now={now} />
          </div>
          <p className="mt-1 line-clamp-2 break-words text-text">{message.body || w.photo}</p>
          <div className="mt-1.5 flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
            <p className="min-w-[200px] flex-1 text-muted">{said ? gateWords(said) : null}</p>
            <div className="flex gap-1">
              {more}
              <Button
                size="sm"
                aria-label={t.compliance.open_thread_of(name)}
                onClick={() => onThread(message.conversation_id, message.id)}
              >
                {t.compliance.open_thread}
              </Button>
            </div>
          </div>
        </>
      )}
    >
      {() => <Why decision={decision} code={message.reason?.code} />}
    </OpenRow>
  );
}

/** When it goes on, with the time that is left; or when it was refused. */
function Standing({ text: { message }, now }: { text: GatedText; now: number }) {
  if (message.state !== 'held') {
    return (
      <At ms={message.state_at} className="text-label text-muted">
        {w.refused_at(moment(message.state_at, now))}
      </At>
    );
  }
  const until = message.held_until ?? null;
  if (until === null) {
    return (
      <Badge tone="warn" icon={Clock}>
        {w.no_end}
      </Badge>
    );
  }
  if (endsAtNoHour(message.reason?.code)) {
    return (
      <At ms={until} className="text-label text-muted">
        {until <= now ? w.due : w.asked_again(moment(until, now))}
      </At>
    );
  }
  return (
    <At ms={until} className="flex items-center gap-2 text-label text-muted">
      {until <= now ? w.due : w.goes_on(moment(until, now))}
      {until <= now ? null : (
        <Badge tone="info" icon={Clock}>
          {w.in(countdown(until - now))}
        </Badge>
      )}
    </At>
  );
}
