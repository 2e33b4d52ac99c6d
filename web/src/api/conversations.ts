import { type InfiniteData, infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';
import { queryClient } from './query-client';
import { meQuery } from './session';

/** A row of the list; opened, it also says how far it was read. */
export type Conversation = Schemas['ConversationRow'] & Partial<Schemas['Conversation']>;
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
    queryFn: async ({ pageParam, signal }) => {
      const asked = changes;
      const page = await ok(
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
      );
      return withOwnChanges(page, filter, asked);
    },
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
    queryFn: async ({ signal }) => {
      // How far it was read is all that an opened one says more, and of one read to its end that is known.
      const row = queryClient.getQueryData(['conversation', id]) ? undefined : findRow(id);
      if (row && !row.unread) return row;
      const asked = changes;
      const answer = await ok<Conversation>(
        api.GET('/api/v1/conversations/{id}', { signal, params: { path: { id } } }),
      );
      return (outdated(id, asked) && findRow(id)) || answer;
    },
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

/** Counts the changes this browser makes to conversations, as they begin and as they end. */
let changes = 0;
/** The last of them by conversation. */
const changedAt = new Map<string, number>();
/** How many are under way. */
const underWay = new Map<string, number>();
/** What was to be asked for anew while a change was under way. */
const owed = new Set<string>();

/** An answer asked for at `asked` may be from before a change, which it must not take back. */
const outdated = (id: string, asked: number) =>
  underWay.has(id) || (changedAt.get(id) ?? 0) > asked;

/**
 * Does what changes a conversation. Until its answer is in, no older answer paints over it. `alone` says
 * whether no other change began or ended meanwhile; then what the answer says of the conversation holds.
 */
export async function changing<Answer>(
  id: string,
  work: (alone: () => boolean) => Promise<Answer>,
): Promise<Answer> {
  const mark = (by: number) => {
    changes += 1;
    changedAt.set(id, changes);
    const now = (underWay.get(id) ?? 0) + by;
    if (now > 0) underWay.set(id, now);
    else underWay.delete(id);
  };
  mark(1);
  const begun = changes;
  try {
    return await work(() => underWay.get(id) === 1 && changedAt.get(id) === begun);
  } finally {
    mark(-1);
    if (!underWay.has(id) && owed.delete(id)) void refreshRow(id).catch(() => {});
  }
}

/** Asks for one conversation anew; answers with it when it is known now. */
export async function refreshRow(id: string): Promise<Conversation | undefined> {
  if (underWay.has(id)) {
    owed.add(id);
    return undefined;
  }
  const asked = changes;
  const row = await ok(api.GET('/api/v1/conversations/{id}', { params: { path: { id } } }));
  if (outdated(id, asked)) return refreshRow(id);
  patchRow(row);
  return row;
}

/** A page of a list, without what it says about conversations that were changed here since it was asked for. */
function withOwnChanges(page: Page, filter: ListFilter, asked: number): Page {
  if (!page.items.some((row) => outdated(row.id, asked))) return page;
  const me = queryClient.getQueryData(meQuery.queryKey)?.member.id;
  const items = page.items
    .map((row) => (outdated(row.id, asked) ? (findRow(row.id) ?? row) : row))
    .filter((row) => !outdated(row.id, asked) || belongs(filter, row, me));
  return { ...page, items };
}

/** Undoes one's own change to a row, and nothing that others did to it since. */
export function takeBack(
  id: string,
  before: Conversation | undefined,
  change: Partial<Conversation>,
) {
  const now = findRow(id);
  if (!before || !now) return;
  const former = Object.keys(change).map((key) => [key, before[key as keyof Conversation]]);
  patchRow({ ...now, ...Object.fromEntries(former) });
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
  return changing(id, async (alone) => {
    if (before) patchRow({ ...before, ...change });
    try {
      const row = await call();
      if (alone()) patchRow(row);
      else owed.add(id);
      void queryClient.invalidateQueries({ queryKey: countsQuery.queryKey });
      return row;
    } catch (error) {
      takeBack(id, before, change);
      throw error;
    }
  });
}

const path = (id: string) => ({ params: { path: { id } } });

export const closeConversation = (id: string) =>
  optimistic(id, { status: 'closed', snoozed_until: null, complaint_since: null }, () =>
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

export const setComplaint = (id: string, open: boolean) =>
  optimistic(id, { complaint_since: open ? Date.now() : null }, () =>
    ok(api.POST('/api/v1/conversations/{id}/complaint', { ...path(id), body: { open } })),
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
