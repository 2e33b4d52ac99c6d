import { type InfiniteData, infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';
import { queryClient } from './query-client';
import { meQuery } from './session';

/** A row of the list; opened, it also says how far it was read. */
export type Conversation = Schemas['ConversationRow'] & { read_seq?: number; created_at?: number };
export type Counts = Schemas['ConversationCounts'];

export const VIEWS = [
  'mine',
  'unassigned',
  'all',
  'waiting',
  'snoozed',
  'failed',
  'closed',
] as const;
export type View = (typeof VIEWS)[number];
export const SORTS = ['newest', 'oldest'] as const;
export type Sort = (typeof SORTS)[number];

export interface ListFilter {
  view: View;
  sort: Sort;
  inbox?: string | undefined;
}

type Page = Schemas['Page_ConversationRow'];
type Pages = InfiniteData<Page, string | undefined>;

export const listQuery = (filter: ListFilter) =>
  infiniteQueryOptions({
    queryKey: ['conversations', filter],
    queryFn: ({ pageParam, signal }) =>
      ok(
        api.GET('/api/v1/conversations', {
          signal,
          params: {
            query: {
              view: filter.view,
              sort: filter.view === 'waiting' ? 'waiting' : filter.sort,
              limit: 50,
              ...(filter.inbox ? { inbox_id: filter.inbox } : {}),
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const countsQuery = queryOptions({
  queryKey: ['conversation-counts'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/conversation-counts', { signal })),
});

export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: ['conversation', id],
    queryFn: ({ signal }) =>
      ok<Conversation>(api.GET('/api/v1/conversations/{id}', { signal, params: { path: { id } } })),
    staleTime: Number.POSITIVE_INFINITY,
    // A row seen in a list is enough to paint the head of the thread at once.
    placeholderData: () => findRow(id),
  });

/** A conversation from whatever is cached. */
export function findRow(id: string): Conversation | undefined {
  const known = queryClient.getQueryData<Conversation>(['conversation', id]);
  if (known) return known;
  for (const [, data] of queryClient.getQueriesData<Pages>({ queryKey: ['conversations'] })) {
    for (const page of data?.pages ?? []) {
      const row = page.items.find((item) => item.id === id);
      if (row) return row;
    }
  }
  return undefined;
}

/** Whether a row belongs in a view. The server decides on load; this only places single changes. */
export function belongs(filter: ListFilter, row: Conversation, me: string | undefined): boolean {
  if (filter.inbox && row.inbox.id !== filter.inbox) return false;
  switch (filter.view) {
    case 'mine':
      return row.status === 'open' && row.assignee?.id === me && me !== undefined;
    case 'unassigned':
      return row.status === 'open' && !row.assignee;
    case 'all':
      return row.status === 'open';
    case 'waiting':
      return row.status === 'open' && typeof row.waiting_since === 'number';
    case 'snoozed':
      return row.status === 'snoozed';
    case 'failed':
      return row.has_failed && row.status !== 'closed';
    case 'closed':
      return row.status === 'closed';
  }
}

/** Negative when `a` stands above `b`. */
export function compareRows(filter: ListFilter, a: Conversation, b: Conversation): number {
  if (filter.view === 'waiting') return (a.waiting_since ?? 0) - (b.waiting_since ?? 0);
  return filter.sort === 'oldest' ? a.last_at - b.last_at : b.last_at - a.last_at;
}

/** Puts one changed row where it now belongs in one list; leaves the list alone when nothing moves. */
export function placeRow(
  pages: Pages,
  filter: ListFilter,
  row: Conversation,
  me: string | undefined,
): Pages {
  const without = pages.pages.map((page) =>
    page.items.some((item) => item.id === row.id)
      ? { ...page, items: page.items.filter((item) => item.id !== row.id) }
      : page,
  );
  if (!belongs(filter, row, me)) {
    return without.some((page, at) => page !== pages.pages[at])
      ? { ...pages, pages: without }
      : pages;
  }
  for (let at = 0; at < without.length; at += 1) {
    const page = without[at];
    if (!page) continue;
    const index = page.items.findIndex((item) => compareRows(filter, row, item) <= 0);
    const last = at === without.length - 1;
    if (index < 0 && !(last && !page.next_cursor)) continue;
    const items = [...page.items];
    items.splice(index < 0 ? items.length : index, 0, row);
    without[at] = { ...page, items };
    return { ...pages, pages: without };
  }
  // It lies beyond what is loaded; scrolling down will fetch it.
  return { ...pages, pages: without };
}

/** Takes one changed conversation into every cached list and into its own entry. */
export function patchRow(row: Conversation): void {
  const me = queryClient.getQueryData(meQuery.queryKey)?.member.id;
  queryClient.setQueryData(['conversation', row.id], row);
  for (const [key, data] of queryClient.getQueriesData<Pages>({ queryKey: ['conversations'] })) {
    const filter = key[1] as ListFilter | undefined;
    if (data && filter) queryClient.setQueryData(key, placeRow(data, filter, row, me));
  }
}

/**
 * Paints a change in this frame, then lets the server speak. A refusal puts the former row back and
 * throws, so that the caller can say why.
 */
async function optimistic(
  id: string,
  change: Partial<Conversation>,
  call: () => Promise<Conversation>,
): Promise<Conversation> {
  const before = findRow(id);
  if (before) patchRow({ ...before, ...change });
  try {
    const row = await call();
    patchRow(row);
    void queryClient.invalidateQueries({ queryKey: countsQuery.queryKey });
    return row;
  } catch (error) {
    if (before) patchRow(before);
    throw error;
  }
}

const path = (id: string) => ({ params: { path: { id } } });

export const closeConversation = (id: string) =>
  optimistic(id, { status: 'closed', snoozed_until: null }, () =>
    ok(api.POST('/api/v1/conversations/{id}/close', path(id))),
  );

export const reopenConversation = (id: string) =>
  optimistic(id, { status: 'open', snoozed_until: null }, () =>
    ok(api.POST('/api/v1/conversations/{id}/reopen', path(id))),
  );

export const snoozeConversation = (id: string, until: number) =>
  optimistic(id, { status: 'snoozed', snoozed_until: until }, () =>
    ok(api.POST('/api/v1/conversations/{id}/snooze', { ...path(id), body: { until } })),
  );

export const assignConversation = (id: string, member: { id: string; name: string } | null) =>
  optimistic(id, { assignee: member }, () =>
    ok(
      api.POST('/api/v1/conversations/{id}/assign', {
        ...path(id),
        body: { member_id: member?.id ?? null },
      }),
    ),
  );

export const markRead = (id: string, seq: number) =>
  optimistic(id, { unread: false }, () =>
    ok(api.POST('/api/v1/conversations/{id}/read', { ...path(id), body: { seq } })),
  );

export const markUnread = (id: string) =>
  optimistic(id, { unread: true }, () =>
    ok(api.POST('/api/v1/conversations/{id}/unread', path(id))),
  );

export async function startText(body: {
  message_id: string;
  to: string;
  inbox_id: string;
  body: string;
  media_ids: string[];
  customer_name?: string;
}) {
  const started = await ok(
    api.POST('/api/v1/conversations', { body, headers: { 'Idempotency-Key': body.message_id } }),
  );
  patchRow(started.conversation);
  return started;
}
