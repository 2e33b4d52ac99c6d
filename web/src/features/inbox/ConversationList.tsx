import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowUp, Inbox, Smartphone } from 'lucide-react';
import { memo, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type Conversation, countsQuery, type ListFilter, listQuery } from '@/api/conversations';
import { errorCode, errorText } from '@/api/errors';
import { t } from '@/i18n/t';
import { useDesk } from '@/lib/desk';
import { useNow } from '@/lib/hooks';
import { Button } from '@/ui/Button';
import { Empty, Failure, SkeletonRows } from '@/ui/States';
import { heldOrder } from './list-order';
import { ROW_HEIGHTS, RowView } from './RowView';

/** A pointer that moved this lately may be about to click: rows keep still under it. */
const POINTER_MS = 1500;

/** Scrolled less than this, the list counts as standing at its top. */
const TOP_PX = 36;

interface Props {
  filter: ListFilter;
  activeId: string | undefined;
  chosen: ReadonlySet<string>;
  showInbox: boolean;
  onOpen: (id: string) => void;
  onEnter: () => void;
  onToggle: (id: string) => void;
  /** Hears the rows in the order shown: J, K and "close and next" walk it. */
  onRows: (rows: readonly Conversation[], loading: boolean) => void;
}

/** The windowed, live list. One tab stop; arrows, Home, End and pages move within. */
export const ConversationList = memo(function ConversationList({
  filter,
  activeId,
  chosen,
  showInbox,
  onOpen,
  onEnter,
  onToggle,
  onRows,
}: Props) {
  const query = useInfiniteQuery(listQuery(filter));
  const now = useNow();
  const density = useDesk((desk) => desk.density);
  const height = ROW_HEIGHTS[density];
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const { shown, fresh, release, hold } = useHeldRows(rows, filter, scroller);

  const loading = query.isPending;
  useEffect(() => onRows(shown, loading), [onRows, shown, loading]);

  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: useCallback(() => height, [height]),
    // The same function while the rows are the same: a new one has every place computed anew.
    getItemKey: useCallback((at: number) => shown[at]?.id ?? at, [shown]),
    overscan: 6,
  });
  const items = virtual.getVirtualItems();
  const last = items[items.length - 1]?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= shown.length - 12) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, last, shown.length]);

  const activeAt = useMemo(() => shown.findIndex((row) => row.id === activeId), [shown, activeId]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the person's choice, not every move of the row
  useEffect(() => {
    if (activeAt >= 0) virtual.scrollToIndex(activeAt, { align: 'auto' });
  }, [activeId]);

  const move = (to: number) => {
    const row = shown[Math.max(0, Math.min(shown.length - 1, to))];
    if (row) onOpen(row.id);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / height) - 1);
    const steps: Record<string, number> = {
      ArrowDown: activeAt + 1,
      ArrowUp: activeAt < 0 ? 0 : activeAt - 1,
      Home: 0,
      End: shown.length - 1,
      PageDown: activeAt + page,
      PageUp: activeAt - page,
    };
    const to = steps[event.key];
    if (to !== undefined && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      move(to);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      onEnter();
    }
  };

  if (query.isPending) return <SkeletonRows rows={9} label={t.common.loading} />;
  if (query.isError && rows.length === 0) {
    return (
      <Failure
        detail={`${t.errors.list} ${errorText(query.error)}`}
        code={errorCode(query.error)}
        onRetry={() => void query.refetch()}
      />
    );
  }
  if (rows.length === 0) return <EmptyList filter={filter} />;

  return (
    <div className="relative min-h-0 flex-1">
      {fresh > 0 ? (
        <button
          type="button"
          aria-label={t.inbox.fresh_label(fresh)}
          onClick={() => {
            release();
            scroller.current?.scrollTo({ top: 0 });
          }}
          className="arrive absolute start-1/2 top-2 z-10 inline-flex h-7 -translate-x-1/2 items-center gap-1.5 rounded-full bg-accent px-3 font-semibold text-accent-ink text-label shadow-float max-md:h-9"
        >
          <ArrowUp aria-hidden className="size-3.5" />
          {t.inbox.fresh(fresh)}
        </button>
      ) : null}
      <div
        ref={scroller}
        role="listbox"
        tabIndex={0}
        id="conversation-list"
        aria-label={t.inbox.list}
        aria-activedescendant={activeAt >= 0 ? `row-${shown[activeAt]?.id}` : undefined}
        aria-multiselectable={chosen.size > 0 || undefined}
        onKeyDown={onKeyDown}
        onPointerMove={hold}
        className="peer h-full overflow-y-auto overscroll-contain outline-none"
      >
        <div
          role="presentation"
          className="relative w-full"
          style={{ height: virtual.getTotalSize() }}
        >
          {items.map((item) => {
            const row = shown[item.index];
            if (!row) return null;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox handles keys; options take the pointer only
              // biome-ignore lint/a11y/useFocusableInteractive: the active descendant of the listbox
              <div
                key={item.key}
                id={`row-${row.id}`}
                role="option"
                aria-selected={row.id === activeId || chosen.has(row.id)}
                aria-setsize={hasNextPage ? -1 : shown.length}
                aria-posinset={item.index + 1}
                onClick={(event) => {
                  if (event.shiftKey || event.ctrlKey || event.metaKey) onToggle(row.id);
                  else onOpen(row.id);
                }}
                className="absolute inset-x-0 top-0"
                style={{ height, transform: `translateY(${item.start}px)` }}
              >
                <RowView
                  row={row}
                  now={now}
                  active={row.id === activeId}
                  chosen={chosen.has(row.id)}
                  showInbox={showInbox}
                  density={density}
                />
              </div>
            );
          })}
        </div>
      </div>
      {/* The rows would cover the list's own outline. */}
      <div
        aria-hidden
        className="pointer-events-none invisible absolute inset-0 z-10 border-2 border-accent peer-focus-visible:visible"
      />
    </div>
  );
});

/** Decides when the list may rearrange itself: at the top with the pointer at rest, or when asked. */
function useHeldRows(
  rows: readonly Conversation[],
  filter: ListFilter,
  scroller: React.RefObject<HTMLElement | null>,
) {
  const [order, setOrder] = useState<readonly string[]>([]);
  const [pointerAt, setPointerAt] = useState(0);
  const key = JSON.stringify(filter);
  const held = useRef({ key, order });

  if (held.current.key !== key) held.current = { key, order: [] };
  const scrolled = (scroller.current?.scrollTop ?? 0) > TOP_PX;
  const pointing = Date.now() - pointerAt < POINTER_MS;
  const holding = held.current.order.length > 0 && (scrolled || pointing);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the order lives in a ref that changes with them
  const view = useMemo(
    () => (holding ? heldOrder(held.current.order, rows) : { rows: [...rows], fresh: 0 }),
    [holding, rows, order, key],
  );
  const ids = useMemo(() => view.rows.map((row) => row.id), [view]);
  held.current.order = ids;

  const release = useCallback(() => {
    held.current.order = [];
    setPointerAt(0);
    setOrder([]);
  }, []);

  // Once the pointer rests and the list stands at its top, what waited may come in.
  useEffect(() => {
    if (view.fresh === 0) return;
    const timer = setInterval(() => {
      const top = (scroller.current?.scrollTop ?? 0) <= TOP_PX;
      if (top && Date.now() - pointerAt >= POINTER_MS) release();
    }, 400);
    return () => clearInterval(timer);
  }, [view.fresh, pointerAt, release, scroller]);

  const hold = useCallback(() => {
    // One state change per half second is enough to know that the pointer lives.
    setPointerAt((at) => (Date.now() - at > 500 ? Date.now() : at));
  }, []);
  return { shown: view.rows, fresh: view.fresh, release, hold };
}

function EmptyList({ filter }: { filter: ListFilter }) {
  const counts = useQuery(countsQuery);
  const toggleDock = useDesk((desk) => desk.toggleDock);
  let detail: ReactNode = t.inbox.empty_other;
  if (filter.view === 'mine') detail = t.inbox.empty_mine(counts.data?.unassigned ?? 0);
  if (filter.view === 'all') detail = t.inbox.empty_all;
  return (
    <Empty
      icon={Inbox}
      title={t.inbox.empty[filter.view]}
      className="flex-1"
      action={
        filter.view === 'all' ? (
          <Button icon={Smartphone} onClick={toggleDock}>
            {t.inbox.open_simulator}
          </Button>
        ) : undefined
      }
    >
      {detail}
    </Empty>
  );
}
