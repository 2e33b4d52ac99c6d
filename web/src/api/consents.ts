import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';
import { queryClient } from './query-client';

export type UnsureText = Schemas['UnsureText'];
export type Consent = Schemas['Consent'];
export type OptOut = Schemas['OptOut'];

/** Texts that may have asked to stop, and that nobody has answered: few at any time. */
export const unsureTextsQuery = queryOptions({
  queryKey: ['unsure-texts'],
  queryFn: ({ signal }) =>
    ok(api.GET('/api/v1/unsure-texts', { signal, params: { query: { limit: 200 } } })),
});

export async function answerUnsureText(id: string, askedToStop: boolean) {
  try {
    await ok(
      api.POST('/api/v1/unsure-texts/{id}/answer', {
        params: { path: { id } },
        body: { asked_to_stop: askedToStop },
      }),
    );
  } finally {
    // Somebody else may have been faster: then the question is gone, too.
    void queryClient.invalidateQueries({ queryKey: unsureTextsQuery.queryKey });
  }
}

export const optOutsQuery = infiniteQueryOptions({
  queryKey: ['opt-outs'],
  queryFn: ({ pageParam, signal }) =>
    ok(
      api.GET('/api/v1/opt-outs', {
        signal,
        params: { query: { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } },
      }),
    ),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

/** Entries of the ledger: of one number, or of all where it is empty. */
export const consentsQuery = (address: string) =>
  infiniteQueryOptions({
    queryKey: ['consents', address],
    queryFn: ({ pageParam, signal }) =>
      ok(
        api.GET('/api/v1/consents', {
          signal,
          params: {
            query: {
              limit: 50,
              ...(address ? { address } : {}),
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

/** Everything that says how consent stands somewhere. */
const STANDING = ['opt-outs', 'consents', 'customer', 'text-preview', 'gated-texts'];
const refreshStanding = () =>
  Promise.all(STANDING.map((noun) => queryClient.invalidateQueries({ queryKey: [noun] })));

export async function addConsent(body: Schemas['ConsentNew']) {
  await ok(api.POST('/api/v1/consents', { body }));
  void refreshStanding();
}

export async function optOut(body: Schemas['OptOutNew']) {
  await ok(api.POST('/api/v1/opt-outs', { body }));
  void refreshStanding();
}
