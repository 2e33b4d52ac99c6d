import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { create } from 'zustand';
import { api, ok, type Schemas } from './client';
import { findRow, patchRow } from './conversations';
import { queryClient } from './query-client';

export type Message = Schemas['Message'];
export type Media = Schemas['Media'];
export type TextPreview = Schemas['TextPreview'];
export type Decision = Schemas['Decision'];

/** The loaded part of a thread: without gaps, oldest first. */
export interface Thread {
  items: Message[];
  hasMore: boolean;
}

const PAGE = 50;

/** Two stretches of one thread as one; of a message known twice the later state wins. */
export function mergeMessages(known: readonly Message[], fresh: readonly Message[]): Message[] {
  const byId = new Map(known.map((message) => [message.id, message]));
  for (const message of fresh) {
    const old = byId.get(message.id);
    if (!old || message.state_at >= old.state_at) byId.set(message.id, message);
  }
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}

async function fetchPage(
  id: string,
  query: { before_seq?: number; after_seq?: number },
  signal?: AbortSignal,
) {
  return ok(
    api.GET('/api/v1/conversations/{id}/messages', {
      ...(signal ? { signal } : {}),
      params: { path: { id }, query: { ...query, limit: PAGE } },
    }),
  );
}

export const threadQuery = (id: string) =>
  queryOptions({
    queryKey: ['messages', id],
    queryFn: async ({ signal }): Promise<Thread> => {
      const page = await fetchPage(id, {}, signal);
      const known = queryClient.getQueryData<Thread>(['messages', id]);
      const first = page.items.reduce(
        (least, item) => Math.min(least, item.seq),
        Number.POSITIVE_INFINITY,
      );
      const joins = known?.items.some((item) => item.seq >= first) ?? false;
      if (known && joins)
        return { items: mergeMessages(known.items, page.items), hasMore: known.hasMore };
      return { items: mergeMessages([], page.items), hasMore: page.has_more };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

function updateThread(id: string, change: (thread: Thread) => Thread) {
  queryClient.setQueryData<Thread>(['messages', id], (thread) =>
    thread ? change(thread) : thread,
  );
}

/** Adds the page above what is loaded. */
export async function loadOlder(id: string): Promise<void> {
  const thread = queryClient.getQueryData<Thread>(['messages', id]);
  const first = thread?.items[0];
  if (!thread?.hasMore || !first) return;
  const page = await fetchPage(id, { before_seq: first.seq });
  updateThread(id, (now) => ({
    items: mergeMessages(now.items, page.items),
    hasMore: page.has_more,
  }));
}

/** Fetches what came after the last message we hold. */
export async function loadNewer(id: string): Promise<void> {
  const thread = queryClient.getQueryData<Thread>(['messages', id]);
  if (!thread) return;
  const last = thread.items[thread.items.length - 1];
  if (!last) {
    await queryClient.invalidateQueries({ queryKey: ['messages', id] });
    return;
  }
  const page = await fetchPage(id, { after_seq: last.seq });
  if (page.items.length > 0) putMessages(id, page.items);
  if (page.has_more) await loadNewer(id);
}

export async function refreshMessage(conversation: string, id: string): Promise<void> {
  putMessages(conversation, [
    await ok(api.GET('/api/v1/messages/{id}', { params: { path: { id } } })),
  ]);
}

export function putMessages(conversation: string, fresh: readonly Message[]) {
  updateThread(conversation, (thread) => ({
    ...thread,
    items: mergeMessages(thread.items, fresh),
  }));
  for (const message of fresh) outgoing.getState().settle(conversation, message.id);
}

/** A text or note on its way to the server: painted at once, replaced by the echo with its id. */
export interface Outgoing {
  id: string;
  kind: 'text' | 'note';
  body: string;
  media: Media[];
  at: number;
}

const NOTHING: Outgoing[] = [];

export const outgoing = create<{
  by: Record<string, Outgoing[]>;
  add: (conversation: string, item: Outgoing) => void;
  settle: (conversation: string, id: string) => void;
}>((set) => ({
  by: {},
  add: (conversation, item) =>
    set((state) => ({
      by: { ...state.by, [conversation]: [...(state.by[conversation] ?? []), item] },
    })),
  settle: (conversation, id) =>
    set((state) => {
      const rest = (state.by[conversation] ?? []).filter((item) => item.id !== id);
      return rest.length === (state.by[conversation]?.length ?? 0)
        ? state
        : { by: { ...state.by, [conversation]: rest } };
    }),
}));

export const useOutgoing = (conversation: string) =>
  outgoing((state) => state.by[conversation] ?? NOTHING);

/** Sends a text. Painted before the call; taken back, with the words returned, when it is refused. */
export async function sendText(
  conversation: string,
  item: Outgoing,
  options: { afterSeq: number | undefined; close: boolean },
) {
  outgoing.getState().add(conversation, item);
  const before = findRow(conversation);
  if (before) {
    patchRow({
      ...before,
      preview: item.body,
      last_direction: 'outbound',
      last_at: item.at,
      waiting_since: null,
    });
  }
  try {
    const answer = await ok(
      api.POST('/api/v1/conversations/{id}/messages', {
        params: { path: { id: conversation } },
        headers: { 'Idempotency-Key': item.id },
        body: {
          message_id: item.id,
          body: item.body,
          media_ids: item.media.map((media) => media.id),
          close: options.close,
          ...(options.afterSeq === undefined ? {} : { after_seq: options.afterSeq }),
        },
      }),
    );
    putMessages(conversation, [answer.message]);
    return answer;
  } catch (error) {
    if (before) patchRow(before);
    throw error;
  } finally {
    outgoing.getState().settle(conversation, item.id);
  }
}

export async function addNote(conversation: string, item: Outgoing) {
  outgoing.getState().add(conversation, item);
  try {
    const message = await ok(
      api.POST('/api/v1/conversations/{id}/notes', {
        params: { path: { id: conversation } },
        headers: { 'Idempotency-Key': item.id },
        body: { message_id: item.id, body: item.body },
      }),
    );
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
  await loadNewer(conversation);
  return sent;
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
    placeholderData: keepPreviousData,
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

export const searchQuery = (q: string) =>
  queryOptions({
    queryKey: ['search', q],
    queryFn: ({ signal }) => ok(api.GET('/api/v1/search', { signal, params: { query: { q } } })),
    enabled: q.trim().length > 1,
  });
