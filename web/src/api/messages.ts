import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { ApiError, api, ok, type Schemas } from './client';
import { changing, findRow, patchRow, takeBack } from './conversations';
import { type Outgoing, outgoing } from './outgoing';
import { catchUp, putMessages } from './threads';
import { keeping } from './unsent';

export type Message = Schemas['Message'];
export type Media = Schemas['Media'];
export type TextPreview = Schemas['TextPreview'];
export type Decision = Schemas['Decision'];

/** How long to wait for the first of two equal requests. */
const SAME_MS = 300;
/** A request longer at work than this has failed. */
const SAME_TRIES = 100;

/** The answer to a request with a key. The page before this one may have asked, and be heard just now. */
async function once<Answer>(ask: () => Promise<Answer>, tries = SAME_TRIES): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    const running = error instanceof ApiError && error.code === 'idempotency_in_flight';
    if (!running || tries === 0) throw error;
    await new Promise((done) => setTimeout(done, SAME_MS));
    return once(ask, tries - 1);
  }
}

/** Sends a text. Painted before the call; taken back, with the words returned, when it is refused. */
export async function sendText(
  conversation: string,
  item: Outgoing,
  { afterSeq, close }: { afterSeq: number | undefined; close: boolean },
) {
  outgoing.getState().add(conversation, item);
  const before = findRow(conversation);
  const send = () =>
    ok(
      api.POST('/api/v1/conversations/{id}/messages', {
        params: { path: { id: conversation } },
        headers: { 'Idempotency-Key': item.id },
        body: {
          message_id: item.id,
          body: item.body,
          media_ids: item.media.map((media) => media.id),
          close,
          ...(afterSeq === undefined ? {} : { after_seq: afterSeq }),
        },
      }),
    );
  const change = {
    preview: item.body,
    last_direction: 'outbound',
    last_at: item.at,
    waiting_since: null,
  } as const;
  return changing(conversation, async () => {
    if (before) patchRow({ ...before, ...change });
    try {
      const answer = await keeping({ conversation, item, afterSeq, close }, () => once(send));
      putMessages(conversation, [answer.message]);
      return answer;
    } catch (error) {
      takeBack(conversation, before, change);
      throw error;
    } finally {
      outgoing.getState().settle(conversation, item.id);
    }
  });
}

export async function addNote(conversation: string, item: Outgoing) {
  outgoing.getState().add(conversation, item);
  const send = () =>
    ok(
      api.POST('/api/v1/conversations/{id}/notes', {
        params: { path: { id: conversation } },
        headers: { 'Idempotency-Key': item.id },
        body: { message_id: item.id, body: item.body },
      }),
    );
  try {
    const kept = { conversation, item, afterSeq: undefined, close: false };
    const message = await keeping(kept, () => once(send));
    putMessages(conversation, [message]);
    return message;
  } finally {
    outgoing.getState().settle(conversation, item.id);
  }
}

/** A retry is a new message: it passes the gate again and gets its own state. */
export async function retryMessage(conversation: string, id: string) {
  const sent = await ok(
    api.POST('/api/v1/messages/{id}/retry', {
      params: { path: { id }, header: { 'Idempotency-Key': crypto.randomUUID() } },
    }),
  );
  putMessages(conversation, [sent.message]);
  await catchUp(conversation);
  return sent;
}

/** Tries a text now that waits for its next try; asked twice, the second does nothing. */
export async function tryMessageNow(conversation: string, id: string) {
  putMessages(conversation, [
    await ok(api.POST('/api/v1/messages/{id}/try-now', { params: { path: { id } } })),
  ]);
}

export async function cancelMessage(conversation: string, id: string) {
  putMessages(conversation, [
    await ok(api.POST('/api/v1/messages/{id}/cancel', { params: { path: { id } } })),
  ]);
}

export async function uploadMedia(file: File): Promise<Media> {
  return ok(
    api.POST('/api/v1/media', {
      // The document says "binary"; a form with the file is how a browser sends that.
      body: { file: '' },
      bodySerializer: () => {
        const form = new FormData();
        form.append('file', file);
        return form;
      },
    }),
  );
}

export type PreviewTarget = { conversation_id: string } | { to: string; inbox_id: string };

/** What the server's encoder and gate say about words not sent yet. */
export const previewQuery = (target: PreviewTarget | null, body: string, mediaCount: number) =>
  queryOptions({
    queryKey: ['text-preview', target, body, mediaCount],
    queryFn: ({ signal }) =>
      ok(
        api.POST('/api/v1/text-preview', {
          signal,
          body: { ...target, body, media_count: mediaCount },
        }),
      ),
    enabled: target !== null,
    staleTime: 20_000,
    gcTime: 60_000,
    retry: false,
    // While the next words are weighed the last verdict stands, but never that on another conversation.
    placeholderData: (before, query) =>
      JSON.stringify(query?.queryKey[1]) === JSON.stringify(target) ? before : undefined,
  });

export const loadDraft = (id: string) =>
  ok(api.GET('/api/v1/conversations/{id}/draft', { params: { path: { id } } }));
export const saveDraft = (id: string, body: string, revision: number) =>
  ok(
    api.PUT('/api/v1/conversations/{id}/draft', {
      params: { path: { id } },
      body: { body, revision },
    }),
  );
export const dropDraft = (id: string) =>
  ok(api.DELETE('/api/v1/conversations/{id}/draft', { params: { path: { id } } }));

/** Fewer letters than these find half the shop. */
export const FIND_CHARS_MIN = 2;

/** The first few customers and texts that are found. */
export const searchQuery = (q: string, limit: number) =>
  queryOptions({
    queryKey: ['search', q, limit],
    queryFn: ({ signal }) =>
      ok(api.GET('/api/v1/search', { signal, params: { query: { q, limit } } })),
    enabled: q.trim().length >= FIND_CHARS_MIN,
  });

/** Everything found, page by page, newest first; the customers with the first. */
export const searchPagesQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['search-pages', q],
    queryFn: ({ pageParam, signal }) =>
      ok(
        api.GET('/api/v1/search', {
          signal,
          params: { query: { q, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled: q.trim().length >= FIND_CHARS_MIN,
  });
