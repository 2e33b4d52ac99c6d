import { queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';
import { queryClient } from './query-client';

export type JoinWord = Schemas['JoinWord'];
export type JoinWordNew = Schemas['JoinWordNew'];
export type JoinWordPreview = Schemas['JoinWordPreview'];

const of = (id: string, word_id: string) => ({ params: { path: { id, word_id } } });

async function changed<Data>(call: Promise<Data>): Promise<Data> {
  const data = await call;
  await queryClient.invalidateQueries({ queryKey: ['join-words'] });
  return data;
}

export const joinWordsQuery = (inbox: string) =>
  queryOptions({
    queryKey: ['join-words', inbox],
    queryFn: ({ signal }) =>
      ok(api.GET('/api/v1/inboxes/{id}/join-words', { params: { path: { id: inbox } }, signal })),
    enabled: inbox !== '',
  });

export const addJoinWord = (inbox: string, body: JoinWordNew) =>
  changed(
    ok(api.POST('/api/v1/inboxes/{id}/join-words', { params: { path: { id: inbox } }, body })),
  );
export const changeJoinWord = (inbox: string, id: string, body: Schemas['JoinWordEdit']) =>
  changed(ok(api.PATCH('/api/v1/inboxes/{id}/join-words/{word_id}', { ...of(inbox, id), body })));
export const removeJoinWord = (inbox: string, id: string) =>
  changed(ok(api.DELETE('/api/v1/inboxes/{id}/join-words/{word_id}', of(inbox, id))));

/** What customers would get by a keyword as it is being written, and what is wrong with it. */
export const joinWordPreviewQuery = (inbox: string, ask: Schemas['JoinWordPreviewAsk']) =>
  queryOptions({
    queryKey: ['join-word-preview', inbox, ask],
    queryFn: ({ signal }) =>
      ok(
        api.POST('/api/v1/inboxes/{id}/join-words/preview', {
          params: { path: { id: inbox } },
          body: ask,
          signal,
        }),
      ),
    gcTime: 60_000,
    retry: false,
    // While the next words are looked through, the last finding stands.
    placeholderData: (before) => before,
  });
