import { queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';
import { queryClient } from './query-client';

export type OptinPage = Schemas['OptinPage'];
export type OptinPageWish = Schemas['OptinPageWish'];
export type Poster = Schemas['Poster'];

export const optinPagesQuery = queryOptions({
  queryKey: ['optin-pages'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/opt-in-pages', { signal })),
});

/** The words that each region's law asks for. */
export const disclosuresQuery = queryOptions({
  queryKey: ['disclosures'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/disclosures', { signal })),
  staleTime: 5 * 60_000,
});

export const postersQuery = (page: string) =>
  queryOptions({
    queryKey: ['posters', page],
    queryFn: ({ signal }) =>
      ok(api.GET('/api/v1/opt-in-pages/{id}/posters', { signal, params: { path: { id: page } } })),
  });

/** Makes a page, or replaces one. */
export async function saveOptinPage(id: string | null, body: OptinPageWish) {
  const made = id
    ? await ok(api.PUT('/api/v1/opt-in-pages/{id}', { params: { path: { id } }, body }))
    : await ok(api.POST('/api/v1/opt-in-pages', { body }));
  await queryClient.invalidateQueries({ queryKey: optinPagesQuery.queryKey });
  return made;
}

export async function addPoster(page: string, name: string) {
  const path = { params: { path: { id: page } } };
  await ok(api.POST('/api/v1/opt-in-pages/{id}/posters', { ...path, body: { name } }));
  await queryClient.invalidateQueries({ queryKey: ['posters', page] });
}

/** Where the code of a page, or of one of its posters, is fetched as a file. */
export const codeUrl = (
  page: string,
  format: 'svg' | 'png' | 'pdf',
  leadsTo: 'page' | 'text',
  poster?: string,
) => {
  const query = new URLSearchParams({ format, leads_to: leadsTo, ...(poster ? { poster } : {}) });
  return `/api/v1/opt-in-pages/${id(page)}/code?${query}`;
};

const id = encodeURIComponent;
