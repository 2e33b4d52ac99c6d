import { queryOptions } from '@tanstack/react-query';
import { ApiError, api, ok, type Schemas } from './client';
import { outgoing } from './outgoing';
import { queryClient } from './query-client';

type Message = Schemas['Message'];

/** The loaded stretch of a thread: without gaps, oldest first. */
export interface Thread {
  items: Message[];
  /** There are older ones above. */
  hasOlder: boolean;
  /** There are newer ones below: the stretch was opened around one message of the past. */
  hasNewer: boolean;
}

const PAGE = 50;
/** The most the server gives at once. */
const PAGE_MAX = 200;

const keyOf = (id: string) => ['messages', id] as const;
const threadOf = (id: string) => queryClient.getQueryData<Thread>(keyOf(id));

/** Two stretches of one thread as one; of a message known twice the later state wins. */
export function mergeMessages(known: readonly Message[], fresh: readonly Message[]): Message[] {
  const byId = new Map(known.map((message) => [message.id, message]));
  for (const message of fresh) {
    const old = byId.get(message.id);
    if (!old || message.state_at >= old.state_at) byId.set(message.id, message);
  }
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}

/**
 * Takes messages into a stretch. What lies beyond its end while more is still to be loaded there stays
 * out: it would hide a gap.
 */
export function takeInto(thread: Thread, fresh: readonly Message[]): Thread {
  const end = thread.items[thread.items.length - 1]?.seq ?? 0;
  const fitting = thread.hasNewer ? fresh.filter((message) => message.seq <= end) : fresh;
  return fitting.length === 0 ? thread : { ...thread, items: mergeMessages(thread.items, fitting) };
}

async function fetchPage(
  id: string,
  query: { before_seq?: number; after_seq?: number; limit?: number },
  signal?: AbortSignal,
) {
  return ok(
    api.GET('/api/v1/conversations/{id}/messages', {
      ...(signal ? { signal } : {}),
      params: { path: { id }, query: { limit: PAGE, ...query } },
    }),
  );
}

async function fetchEnd(id: string, signal?: AbortSignal): Promise<Thread> {
  const page = await fetchPage(id, {}, signal);
  return { items: mergeMessages([], page.items), hasOlder: page.has_more, hasNewer: false };
}

/** The same stretch anew, as far as one answer reaches. */
async function fetchAgain(id: string, known: Thread, signal?: AbortSignal): Promise<Thread> {
  const after_seq = (known.items[0]?.seq ?? 1) - 1;
  const page = await fetchPage(id, { after_seq, limit: PAGE_MAX }, signal);
  return { ...known, items: mergeMessages([], page.items), hasNewer: page.has_more };
}

export const threadQuery = (id: string) =>
  queryOptions({
    queryKey: keyOf(id),
    queryFn: async ({ signal }): Promise<Thread> => {
      const known = threadOf(id);
      if (known?.hasNewer) return fetchAgain(id, known, signal);
      const end = await fetchEnd(id, signal);
      const first = end.items[0]?.seq ?? 0;
      const joins = known?.items.some((item) => item.seq >= first) ?? false;
      if (!known || !joins) return end;
      return { ...known, items: mergeMessages(known.items, end.items) };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

function updateThread(id: string, change: (thread: Thread) => Thread) {
  queryClient.setQueryData<Thread>(keyOf(id), (thread) => (thread ? change(thread) : thread));
}

/** Adds the page above what is loaded. */
export async function loadOlder(id: string): Promise<void> {
  const thread = threadOf(id);
  const first = thread?.items[0];
  if (!thread?.hasOlder || !first) return;
  const page = await fetchPage(id, { before_seq: first.seq });
  updateThread(id, (now) => ({
    ...now,
    items: mergeMessages(now.items, page.items),
    hasOlder: page.has_more,
  }));
}

/** Adds the page below what is loaded. */
export async function loadNewer(id: string): Promise<void> {
  const thread = threadOf(id);
  const last = thread?.items[thread.items.length - 1];
  if (!thread?.hasNewer || !last) return;
  const page = await fetchPage(id, { after_seq: last.seq });
  updateThread(id, (now) => ({
    ...now,
    items: mergeMessages(now.items, page.items),
    hasNewer: page.has_more,
  }));
  if (!page.has_more) await catchUp(id);
}

/** Fetches what came after the last message we hold, unless one reads in the past. */
export async function catchUp(id: string): Promise<void> {
  const opening = queryClient.getQueryState(keyOf(id))?.fetchStatus === 'fetching';
  // A page that was asked for before the message was written may come without it.
  if (opening) await queryClient.fetchQuery(threadQuery(id)).catch(() => {});
  const thread = threadOf(id);
  if (!thread || thread.hasNewer) return;
  const last = thread.items[thread.items.length - 1];
  if (!last) {
    await queryClient.invalidateQueries({ queryKey: keyOf(id) });
    return;
  }
  const page = await fetchPage(id, { after_seq: last.seq });
  if (page.items.length > 0) putMessages(id, page.items);
  if (page.has_more) await catchUp(id);
}

/**
 * From a stretch of the past to the end of the thread. What was written while the end was on its way is
 * not in it, and was kept out of the stretch of the past: so the end is caught up with.
 */
export async function showEnd(id: string): Promise<void> {
  if (!threadOf(id)?.hasNewer) return;
  queryClient.setQueryData<Thread>(keyOf(id), await fetchEnd(id));
  await catchUp(id);
}

/** Puts the stretch around one message in place of what is loaded, unless the message is in it. */
async function openAround(id: string, message: string, signal: AbortSignal): Promise<void> {
  if (threadOf(id)?.items.some((item) => item.id === message)) return;
  const found = await ok(
    api.GET('/api/v1/messages/{id}', { signal, params: { path: { id: message } } }),
  );
  if (found.conversation_id !== id) throw new ApiError(404, 'not_found', '');
  const [above, below] = await Promise.all([
    fetchPage(id, { before_seq: found.seq }, signal),
    fetchPage(id, { after_seq: found.seq }, signal),
  ]);
  queryClient.setQueryData<Thread>(keyOf(id), {
    items: mergeMessages([...above.items, found], below.items),
    hasOlder: above.has_more,
    hasNewer: below.has_more,
  });
  if (!below.has_more) await catchUp(id);
}

/** Where a link into a thread leads: settled once the stretch around its message is loaded. */
export const placeQuery = (id: string, message: string | undefined) =>
  queryOptions({
    queryKey: ['message-place', id, message],
    queryFn: async ({ signal }) => {
      if (message) await openAround(id, message, signal);
      return message ?? null;
    },
    enabled: message !== undefined,
    // The stretch may have been left meanwhile, so each opening asks again.
    staleTime: 0,
    gcTime: 0,
    retry: (count, error) => !(error instanceof ApiError && error.status === 404) && count < 2,
  });

export async function refreshMessage(conversation: string, id: string): Promise<void> {
  putMessages(conversation, [
    await ok(api.GET('/api/v1/messages/{id}', { params: { path: { id } } })),
  ]);
}

export function putMessages(conversation: string, fresh: readonly Message[]) {
  updateThread(conversation, (thread) => takeInto(thread, fresh));
  for (const message of fresh) outgoing.getState().settle(conversation, message.id);
}
