import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';
import { queryClient } from './query-client';

export type Import = Schemas['Import'];
export type ImportFault = Schemas['ImportFault'];
export type Told = Import['told'];

/** While a file is read its rows are counted this often. */
const LOOK_MS = 1000;

export const importsQuery = queryOptions({
  queryKey: ['imports'],
  queryFn: ({ signal }) =>
    ok(api.GET('/api/v1/imports', { signal, params: { query: { limit: 20 } } })),
  refetchInterval: (query) =>
    query.state.data?.items.some((item) => item.state === 'reading') ? LOOK_MS : false,
});

export const importFaultsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['import-faults', id],
    queryFn: ({ pageParam, signal }) =>
      ok(
        api.GET('/api/v1/imports/{id}/faults', {
          signal,
          params: {
            path: { id },
            query: { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

/** Uploads a file; it is read beside the answer. */
export async function importFile(told: Told, file: File, country: string): Promise<Import> {
  const query = { country };
  // The document says "binary"; a form with the file is how a browser sends that.
  const body = { file: '' };
  const bodySerializer = () => {
    const form = new FormData();
    form.append('file', file);
    return form;
  };
  const sent = { params: { query }, body, bodySerializer };
  const begun = await {
    opt_outs: () => ok(api.POST('/api/v1/opt-outs/import', sent)),
    consents: () => ok(api.POST('/api/v1/consents/import', sent)),
    number_events: () => ok(api.POST('/api/v1/number-events/import', sent)),
  }[told]();
  await queryClient.invalidateQueries({ queryKey: ['imports'] });
  return begun;
}

/** Says that nobody had opted out before. */
export async function declareNone(): Promise<void> {
  await ok(api.PUT('/api/v1/onboarding/opt-outs', { body: { none: true } }));
  await queryClient.invalidateQueries({ queryKey: ['onboarding'] });
}
