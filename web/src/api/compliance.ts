import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';
import { queryClient } from './query-client';

export type WindowMap = Schemas['WindowMap'];
export type StateWindow = Schemas['StateWindow'];
export type GatedText = Schemas['GatedText'];
export type DecisionRecord = Schemas['DecisionRecord'];
export type AuditEntry = Schemas['AuditEntry'];
export type EvidencePack = Schemas['EvidencePack'];
export type Rule = Schemas['Rule'];
export type RulePack = Schemas['RulePack'];

/** Hours end and begin on full minutes, so each minute is looked at. */
const LOOK_MS = 30_000;
/** What waits changes with every claim; nobody is shown each of them as it happens. */
const GATED_MS = 5_000;
/** A pack of most numbers is made in a second or two. */
const PACK_MS = 1_000;

const PAGE = 50;
const FIRST = undefined as string | undefined;
const next = (page: { next_cursor?: string | null }) => page.next_cursor ?? undefined;
const from = (cursor: string | undefined) => ({ limit: PAGE, ...(cursor ? { cursor } : {}) });

export const windowsQuery = queryOptions({
  queryKey: ['windows'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/windows', { signal })),
  refetchInterval: LOOK_MS,
});

/** What the gate holds, the next to go on first, or what it refused, the latest first. */
export const gatedQuery = (show: 'held' | 'refused') =>
  infiniteQueryOptions({
    queryKey: ['gated-texts', show],
    queryFn: ({ pageParam, signal }) =>
      ok(
        api.GET(show === 'held' ? '/api/v1/held-texts' : '/api/v1/refused-texts', {
          signal,
          params: { query: from(pageParam) },
        }),
      ),
    initialPageParam: FIRST,
    getNextPageParam: next,
    refetchInterval: GATED_MS,
  });

export interface AuditFilter {
  actor?: string;
  action?: string;
  subject?: string;
  /** Not before, Unix ms. */
  since?: number;
  /** Before, Unix ms. */
  until?: number;
}

export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam, signal }) =>
      ok(
        api.GET('/api/v1/audit', { signal, params: { query: { ...filter, ...from(pageParam) } } }),
      ),
    initialPageParam: FIRST,
    getNextPageParam: next,
  });

export const auditActionsQuery = queryOptions({
  queryKey: ['audit-actions'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/audit-actions', { signal })),
});

/** Where the browser fetches the log as a file. */
export function auditExportUrl(filter: AuditFilter, format: 'csv' | 'jsonl'): string {
  const query = new URLSearchParams({ format });
  for (const [name, value] of Object.entries(filter)) query.set(name, String(value));
  return `/api/v1/audit-export?${query}`;
}

export const evidenceKeyQuery = queryOptions({
  queryKey: ['evidence-key'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/evidence-key', { signal })),
});

export const packsQuery = infiniteQueryOptions({
  queryKey: ['evidence-packs'],
  queryFn: ({ pageParam, signal }) =>
    ok(api.GET('/api/v1/evidence-packs', { signal, params: { query: from(pageParam) } })),
  initialPageParam: FIRST,
  getNextPageParam: next,
  refetchInterval: (query) =>
    query.state.data?.pages.some((page) => page.items.some((pack) => pack.state === 'making'))
      ? PACK_MS
      : false,
});

export async function makePack(address: string) {
  await ok(api.POST('/api/v1/evidence-packs', { body: { address } }));
  await queryClient.invalidateQueries({ queryKey: packsQuery.queryKey });
  void queryClient.invalidateQueries({ queryKey: evidenceKeyQuery.queryKey });
}

export const packUrl = (id: string) => `/api/v1/evidence-packs/${id}/file`;

export const rulePacksQuery = queryOptions({
  queryKey: ['rule-packs'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/rule-packs', { signal })),
});

/** A pack never changes once a decision has named it. */
export const rulePackQuery = (pack: string) =>
  queryOptions({
    queryKey: ['rule-pack', pack],
    queryFn: ({ signal }) =>
      ok(api.GET('/api/v1/rule-packs/{pack}', { signal, params: { path: { pack } } })),
    staleTime: 3_600_000,
  });
