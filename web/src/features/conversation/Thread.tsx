import { useQuery } from '@tanstack/react-query';
import { type Rect, useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, MessagesSquare } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { customerQuery } from '@/api/customers';
import { errorCode, errorText } from '@/api/errors';
import type { Message } from '@/api/messages';
import { useOutgoing } from '@/api/outgoing';
import { loadNewer, loadOlder, placeQuery, showEnd, threadQuery } from '@/api/threads';
import { t } from '@/i18n/t';
import { cn } from '@/lib/cn';
import { useNow } from '@/lib/hooks';
import { dayMark } from '@/lib/time';
import { Spinner } from '@/ui/Spinner';
import { Empty, Failure } from '@/ui/States';
import { toast } from '@/ui/Toasts';
import { EventLine, MessageView, OutgoingView, spoken } from './MessageView';
import { type ThreadRow, threadRows } from './thread-rows';

const NO_MESSAGES: Message[] = [];
/** How large the thread last was. All of them are as large, so the next needs no look at the layout. */
let lastRect: Rect = { width: 0, height: 0 };

function observeRect(
  { scrollElement }: { scrollElement: Element | null },
  changed: (rect: Rect) => void,
) {
  if (!scrollElement) return;
  const observer = new ResizeObserver(() => {
    lastRect = { width: scrollElement.clientWidth, height: scrollElement.clientHeight };
    changed(lastRect);
  });
  observer.observe(scrollElement);
  return () => observer.disconnect();
}

/** Closer to the end than this counts as being there. */
const END_PX = 80;
/** Closer than this to what is not loaded yet, the next page is fetched. */
const NEAR_PX = 600;
/** Rows near the place are measured before it is final. */
const FOCUS_TRIES = 20;

function focusMessage(id: string) {
  let frame = 0;
  const tryOnce = (left: number) => {
    const found = document.getElementById(id);
    if (found) found.focus({ preventScroll: true });
    else if (left > 0) frame = requestAnimationFrame(() => tryOnce(left - 1));
  };
  tryOnce(FOCUS_TRIES);
  return () => cancelAnimationFrame(frame);
}

interface Props {
  id: string;
  customer: string;
  /** Whose clock a held text waits for. */
  recipient: { id: string; address: string };
  /** Up to which message it was read before it was opened; undefined while not known. */
  readSeq: number | undefined;
  /** The message a link leads to: the thread opens there and marks it. */
  target: string | undefined;
  /** Hears the last message that was on screen: the thread is read up to there. */
  onSeen: (seq: number) => void;
  /** Leaves the target: one has gone on to the end. */
  onTargetLeft: () => void;
}

/**
 * The windowed thread. Not `role=log`: in a windowed list scrolling would be read out as news; a polite
 * region says what arrives.
 */
export function Thread({ id, customer, recipient, readSeq, target, onSeen, onTargetLeft }: Props) {
  const place = useQuery(placeQuery(id, target));
  const placing = target !== undefined && place.isPending;
  const query = useQuery({ ...threadQuery(id), enabled: !placing });
  const pending = useOutgoing(id);
  const now = useNow();
  const messages = query.data?.items ?? NO_MESSAGES;
  const hasNewer = query.data?.hasNewer ?? false;
  const zone =
    useQuery({
      ...customerQuery(recipient.id),
      enabled: messages.some((message) => message.state === 'held'),
      select: (customer) =>
        customer.addresses.find(({ address }) => address === recipient.address)?.zone_guess,
    }).data ?? undefined;
  const rows = useMemo(() => threadRows(messages, pending, readSeq), [messages, pending, readSeq]);
  const scroller = useRef<HTMLDivElement>(null);
  const [atBottom, setAtBottom] = useState(true);
  const atEnd = atBottom && !hasNewer;
  const [missed, setMissed] = useState(0);
  const [loading, setLoading] = useState<'older' | 'newer' | null>(null);

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: useCallback((at: number) => (rows[at]?.type === 'message' ? 72 : 34), [rows]),
    getItemKey: useCallback((at: number) => rows[at]?.key ?? at, [rows]),
    initialRect: lastRect,
    observeElementRect: observeRect,
    overscan: 6,
    anchorTo: 'end',
    // What is loaded below a stretch of the past must not carry one along.
    followOnAppend: !hasNewer,
    scrollEndThreshold: END_PX,
  });

  // Opens at the message asked for, else at the first unread text, else at the end; once.
  const placed = useRef('');
  const ready = query.isSuccess && readSeq !== undefined && !placing;
  const opening = `${id} ${target ?? ''}`;
  useLayoutEffect(() => {
    if (!ready || placed.current === opening || rows.length === 0) return;
    const before = placed.current;
    placed.current = opening;
    const asked = target ? rows.findIndex((row) => row.key === target) : -1;
    if (asked >= 0) {
      virtual.scrollToIndex(asked, { align: 'center' });
      return;
    }
    // The mark was taken away; one stays where one is.
    if (before !== '' && !target) return;
    const unread = rows.findIndex((row) => row.type === 'unread');
    if (unread > 0) virtual.scrollToIndex(unread, { align: 'start' });
    else virtual.scrollToEnd();
  }, [ready, opening, target, rows, virtual]);

  // Keys and screen readers go on from the message, not from the top of the page.
  const marked = target !== undefined && place.isSuccess && ready;
  useEffect(() => {
    if (marked && target) return focusMessage(target);
  }, [marked, target]);

  const lost = target !== undefined && place.isError;
  useEffect(() => {
    if (!lost) return;
    toast(t.thread.target_gone, { tone: 'bad' });
    onTargetLeft();
  }, [lost, onTargetLeft]);

  const toEnd = () => {
    if (target) onTargetLeft();
    void showEnd(id).then(
      () => requestAnimationFrame(() => virtual.scrollToEnd()),
      (error: unknown) => toast(errorText(error), { tone: 'bad' }),
    );
  };

  // A composer that grows must not cover the newest text.
  const endRef = useRef(atEnd);
  endRef.current = atEnd;
  useEffect(() => {
    const box = scroller.current;
    if (!box || !ready) return;
    // It reports the size it begins with as well: no growth, and one may have been placed elsewhere.
    let first = true;
    const observer = new ResizeObserver(() => {
      if (!first && endRef.current) virtual.scrollToEnd();
      first = false;
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, [ready, virtual]);

  // One's own text always shows, wherever one was reading.
  const newest = pending[pending.length - 1]?.id;
  const goToEnd = useRef(toEnd);
  goToEnd.current = toEnd;
  useEffect(() => {
    if (newest) goToEnd.current();
  }, [newest]);

  const last = messages[messages.length - 1];
  const seen = useRef({ id: '', seq: 0, end: true });
  const [announced, setAnnounced] = useState('');
  useEffect(() => {
    if (!last) return;
    const before = seen.current;
    // What a scroll into the past or back loads is no news.
    const arrived = before.id === id && before.end && !hasNewer && last.seq > before.seq;
    if (arrived && last.kind === 'inbound') {
      setAnnounced(t.thread.announce(customer, spoken(last)));
      if (!atEnd) setMissed((count) => count + last.seq - before.seq);
    }
    seen.current = { id, seq: last.seq, end: !hasNewer };
  }, [last, id, customer, atEnd, hasNewer]);

  useEffect(() => {
    if (!last || !atEnd) return;
    const tell = () => {
      if (!document.hidden) onSeen(last.seq);
    };
    tell();
    document.addEventListener('visibilitychange', tell);
    return () => document.removeEventListener('visibilitychange', tell);
  }, [last, atEnd, onSeen]);

  const hasOlder = query.data?.hasOlder ?? false;
  const load = (which: 'older' | 'newer') => {
    setLoading(which);
    const work = which === 'older' ? loadOlder(id) : loadNewer(id);
    // Scrolling on asks again; the line's own banner says what is wrong.
    work.catch(() => {}).finally(() => setLoading(null));
  };
  const onScroll = () => {
    const box = scroller.current;
    if (!box) return;
    const below = box.scrollHeight - box.scrollTop - box.clientHeight;
    setAtBottom(below < END_PX);
    if (below < END_PX && !hasNewer) setMissed(0);
    if (loading || placed.current !== opening) return;
    if (box.scrollTop < NEAR_PX && hasOlder) load('older');
    else if (below < NEAR_PX && hasNewer) load('newer');
  };

  if (query.isPending || placing) return <ThreadSkeleton />;
  if (query.isError && messages.length === 0) {
    return (
      <Failure
        className="flex-1"
        detail={errorText(query.error)}
        code={errorCode(query.error)}
        onRetry={() => void query.refetch()}
      />
    );
  }
  if (rows.length === 0)
    return <Empty icon={MessagesSquare} className="flex-1" title={t.thread.empty} />;

  const line = (row: ThreadRow) => {
    switch (row.type) {
      case 'day':
        return <DayMark text={dayMark(row.at, now)} />;
      case 'unread':
        return <UnreadMark />;
      case 'event':
        return <EventLine message={row.message} now={now} />;
      case 'message':
        return (
          <MessageView
            message={row.message}
            customer={customer}
            first={row.first}
            stated={row.stated}
            marked={row.key === target}
            retried={row.retried}
            zone={zone}
            now={now}
          />
        );
      case 'outgoing':
        return <OutgoingView item={row.item} />;
    }
  };

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div role="status" className="sr-only">
        {announced}
      </div>
      <section
        ref={scroller}
        id="thread"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keys
        tabIndex={0}
        aria-label={t.thread.with(customer)}
        onScroll={onScroll}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain focus-visible:outline-offset-[-2px]"
      >
        <div className="flex min-h-full flex-col justify-end">
          {loading ? (
            <p
              role="status"
              className={cn(
                'absolute inset-x-0 z-10 flex justify-center gap-2 text-label text-muted',
                loading === 'older' ? 'top-2' : 'bottom-2',
              )}
            >
              <Spinner />
              <span className="sr-only">
                {loading === 'older' ? t.thread.older : t.thread.newer}
              </span>
            </p>
          ) : null}
          <div className="relative w-full" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((item) => {
              const row = rows[item.index];
              if (!row) return null;
              return (
                <div
                  key={item.key}
                  ref={virtual.measureElement}
                  data-index={item.index}
                  className="absolute inset-x-0 top-0"
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  {line(row)}
                </div>
              );
            })}
          </div>
          <div className="h-3 shrink-0" />
        </div>
      </section>
      {!atEnd ? (
        <button
          type="button"
          aria-label={missed > 0 ? t.thread.arrived(missed) : t.thread.to_end}
          onClick={toEnd}
          className="arrive absolute end-4 bottom-3 inline-flex h-8 items-center gap-1 rounded-full border border-line bg-raised px-2.5 font-semibold text-label shadow-float max-md:h-11"
        >
          {missed > 0 ? t.thread.arrived(missed) : null}
          <ArrowDown aria-hidden className="size-4" />
        </button>
      ) : null}
    </div>
  );
}

function DayMark({ text }: { text: string }) {
  return (
    <div className="flex items-center gap-3 px-5 pt-4 pb-1 text-faint text-label max-md:px-3">
      <span className="h-px flex-1 bg-line" />
      {text}
      <span className="h-px flex-1 bg-line" />
    </div>
  );
}

function UnreadMark() {
  return (
    <div className="flex items-center gap-3 px-5 pt-3 font-semibold text-accent text-label max-md:px-3">
      <span className="h-px flex-1 bg-accent" />
      {t.thread.unread}
      <span className="h-px flex-1 bg-accent" />
    </div>
  );
}

function ThreadSkeleton() {
  return (
    <div
      role="status"
      aria-label={t.common.loading}
      className="flex flex-1 flex-col justify-end gap-3 p-5"
    >
      <div className="skeleton h-9 w-2/5 rounded-bubble" />
      <div className="skeleton h-9 w-1/2 self-end rounded-bubble" />
      <div className="skeleton h-14 w-3/5 rounded-bubble" />
      <div className="skeleton h-9 w-1/3 self-end rounded-bubble" />
    </div>
  );
}
