import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { ApiError, api, ok, type Schemas } from './client';
import { queryClient } from './query-client';

export type Erasure = Schemas['Erasure'];
export type ErasureCounts = Schemas['ErasureCounts'];
export type CustomerExport = Schemas['CustomerExport'];
export type Retention = Schemas['Retention'];
export type RetentionCategory = Schemas['RetentionCategory'];

/** Most erasures and exports take a second or two. */
const WORK_MS = 1_000;
const PAGE = 50;
const FIRST = undefined as string | undefined;

export const retentionQuery = queryOptions({
  queryKey: ['retention'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/retention', { signal })),
});

/** What the next run would remove if a category were kept so many days: asked before it is set. */
export const retentionDueQuery = (category: RetentionCategory, days: number) =>
  queryOptions({
    queryKey: ['retention-due', category, days],
    queryFn: ({ signal }) =>
      ok(
        api.GET('/api/v1/retention/{category}/due', {
          signal,
          params: { path: { category }, query: { days } },
        }),
      ),
    staleTime: 0,
    retry: false,
  });

/** Sets how many days a category is kept; null is for good. */
export async function setRetention(category: RetentionCategory, days: number | null) {
  const kept = await ok(
    api.PUT('/api/v1/retention/{category}', { params: { path: { category } }, body: { days } }),
  );
  queryClient.setQueryData(retentionQuery.queryKey, kept);
}

/** What an erasure would take. It changes with every text, so it is asked for anew each time. */
export const erasurePreviewQuery = (id: string) =>
  queryOptions({
    queryKey: ['erasure-preview', id],
    queryFn: ({ signal }) =>
      ok(api.GET('/api/v1/customers/{id}/erasure', { signal, params: { path: { id } } })),
    staleTime: 0,
  });

export const erasuresQuery = infiniteQueryOptions({
  queryKey: ['erasures'],
  queryFn: ({ pageParam, signal }) =>
    ok(
      api.GET('/api/v1/erasures', {
        signal,
        params: { query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } },
      }),
    ),
  initialPageParam: FIRST,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
  refetchInterval: (query) =>
    query.state.data?.pages.some((page) => page.items.some((one) => one.state !== 'done'))
      ? WORK_MS
      : false,
});

export async function eraseCustomer(id: string) {
  await ok(api.POST('/api/v1/customers/{id}/erasure', { params: { path: { id } } }));
  await queryClient.invalidateQueries({ queryKey: erasuresQuery.queryKey });
  void queryClient.invalidateQueries({ queryKey: ['customers'] });
}

export const exportCustomer = (id: string) =>
  ok(api.POST('/api/v1/customers/{id}/export', { params: { path: { id } } }));

export const exportQuery = (id: string) =>
  queryOptions({
    queryKey: ['export', id],
    queryFn: ({ signal }) =>
      ok(api.GET('/api/v1/exports/{id}', { signal, params: { path: { id } } })),
    refetchInterval: (query) => (query.state.data?.state === 'making' ? WORK_MS : false),
  });

/** Where the browser fetches the file from. */
export const exportUrl = (id: string) => `/api/v1/exports/${id}/file`;

/** Whether the answer says that there is no such thing, or none any more. */
export const isGone = (error: unknown) => error instanceof ApiError && error.status === 404;
