import { useQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, MessagesSquare } from 'lucide-react';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { errorCode, errorText } from '@/api/errors';
import { loadOlder, type Message, threadQuery, useOutgoing } from '@/api/messages';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/hooks';
import { dayMark } from '@/lib/time';
import { Spinner } from '@/ui/Spinner';
import { Empty, Failure } from '@/ui/States';
import { EventLine, MessageView, OutgoingView } from './MessageView';
import { type ThreadRow, threadRows } from './thread-rows';

const NO_MESSAGES: Message[] = [];
/** Closer to the end than this counts as being there. */
const END_PX = 80;

interface Props {
  id: string;
  customer: string;
  /** Up to which message it was read before it was opened; undefined while not known. */
  readSeq: number | undefined;
  /** Hears the last message that was on screen: the thread is read up to there. */
  onSeen: (seq: number) => void;
}

/**
 * The windowed thread. Not `role=log`: in a windowed list scrolling would be read out as news; a polite
 * region says what arrives.
 */
export function Thread({ id, customer, readSeq, onSeen }: Props) {
  const query = useQuery(threadQuery(id));
  const pending = useOutgoing(id);
  const now = useNow();
  const messages = query.data?.items ?? NO_MESSAGES;
  const rows = useMemo(() => threadRows(messages, pending, readSeq), [messages, pending, readSeq]);
  const scroller = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const [missed, setMissed] = useState(0);
  const [loading, setLoading] = useState(false);

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => (rows[at]?.type === 'message' ? 72 : 34),
    getItemKey: (at) => rows[at]?.key ?? at,
    overscan: 10,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: END_PX,
  });

  // Opens at the first unread text, else at the end; once, when the first page is there.
  const placed = useRef('');
  const ready = query.isSuccess && readSeq !== undefined;
  useLayoutEffect(() => {
    if (!ready || placed.current === id || rows.length === 0) return;
    placed.current = id;
    const unread = rows.findIndex((row) => row.type === 'unread');
    if (unread > 0) virtual.scrollToIndex(unread, { align: 'start' });
    else virtual.scrollToEnd();
  }, [ready, id, rows, virtual]);

  // A composer that grows must not cover the newest text.
  const endRef = useRef(atEnd);
  endRef.current = atEnd;
  useEffect(() => {
    const box = scroller.current;
    if (!box || !ready) return;
    const observer = new ResizeObserver(() => {
      if (endRef.current) virtual.scrollToEnd();
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, [ready, virtual]);

  // One's own text always shows, wherever one was reading.
  const newest = pending[pending.length - 1]?.id;
  useEffect(() => {
    if (newest) virtual.scrollToEnd();
  }, [newest, virtual]);

  const last = messages[messages.length - 1];
  const seen = useRef({ id: '', seq: 0 });
  const [announced, setAnnounced] = useState('');
  useEffect(() => {
    if (!last) return;
    const before = seen.current;
    if (before.id === id && last.seq > before.seq && last.kind === 'inbound') {
      setAnnounced(t.thread.announce(customer, last.body));
      if (!atEnd) setMissed((count) => count + last.seq - before.seq);
    }
    seen.current = { id, seq: last.seq };
  }, [last, id, customer, atEnd]);

  useEffect(() => {
    if (!last || !atEnd) return;
    const tell = () => {
      if (!document.hidden) onSeen(last.seq);
    };
    tell();
    document.addEventListener('visibilitychange', tell);
    return () => document.removeEventListener('visibilitychange', tell);
  }, [last, atEnd, onSeen]);

  const hasMore = query.data?.hasMore ?? false;
  const onScroll = () => {
    const box = scroller.current;
    if (!box) return;
    const end = box.scrollHeight - box.scrollTop - box.clientHeight < END_PX;
    setAtEnd(end);
    if (end) setMissed(0);
    if (box.scrollTop < 600 && hasMore && !loading && placed.current === id) {
      setLoading(true);
      void loadOlder(id).finally(() => setLoading(false));
    }
  };

  if (query.isPending) return <ThreadSkeleton />;
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
            last={row.last}
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
              className="absolute inset-x-0 top-2 z-10 flex justify-center gap-2 text-label text-muted"
            >
              <Spinner /> <span className="sr-only">{t.thread.older}</span>
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
          onClick={() => virtual.scrollToEnd()}
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
