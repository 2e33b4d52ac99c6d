import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';
import { queryClient } from './query-client';

export type Rules = Schemas['Rules'];
export type RuleOverride = Schemas['RuleOverride'];
export type RuleOverrideKind = Schemas['RuleOverrideKind'];
export type RuleOverrideNew = Schemas['RuleOverrideNew'];

const PAGE = 20;

/** What the gate applies: the pack, and the overrides that stand. */
export const rulesQuery = queryOptions({
  queryKey: ['rules'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/rules', { signal })),
});

/** Every override there was, newest first. */
export const overridesQuery = infiniteQueryOptions({
  queryKey: ['rule-overrides'],
  queryFn: ({ pageParam, signal }) =>
    ok(
      api.GET('/api/v1/rule-overrides', {
        signal,
        params: { query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } },
      }),
    ),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

/** Which pack is applied is shown in many places, and hours follow from it. */
async function changed() {
  await Promise.all(
    ['rules', 'rule-overrides', 'rule-packs', 'rule-pack', 'windows'].map((key) =>
      queryClient.invalidateQueries({ queryKey: [key] }),
    ),
  );
}

export async function setRules(pack: string, reason: string) {
  await ok(api.PUT('/api/v1/rules', { body: { pack, reason } }));
  await changed();
}

export async function makeOverride(body: RuleOverrideNew) {
  await ok(api.POST('/api/v1/rule-overrides', { body }));
  await changed();
}

export async function endOverride(id: string, reason: string) {
  await ok(
    api.POST('/api/v1/rule-overrides/{id}/end', { params: { path: { id } }, body: { reason } }),
  );
  await changed();
}

export type DryRun = Schemas['RuleDryRun'];
export type DryRunChange = Schemas['RuleDryRunChange'];

/** A dry run of a month of a small shop is done in a second or two. */
const TRYING_MS = 1_000;
/** The dry runs that are shown: older ones are found by the API. */
const DRY_RUNS = 5;

export const dryRunsQuery = queryOptions({
  queryKey: ['rule-dry-runs'],
  queryFn: ({ signal }) =>
    ok(api.GET('/api/v1/rule-dry-runs', { signal, params: { query: { limit: DRY_RUNS } } })),
  refetchInterval: (query) =>
    query.state.data?.items.some((run) => run.state === 'trying') ? TRYING_MS : false,
});

/** The texts that would have fared otherwise. */
export const dryRunChangesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['rule-dry-run-changes', id],
    queryFn: ({ pageParam, signal }) =>
      ok(
        api.GET('/api/v1/rule-dry-runs/{id}/changes', {
          signal,
          params: {
            path: { id },
            query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

const runsAgain = () => queryClient.invalidateQueries({ queryKey: dryRunsQuery.queryKey });

/** Tries a pack, or an override beside those that stand, on the texts of the last 30 days. */
export async function startDryRun(body: Schemas['RuleDryRunNew']) {
  await ok(api.POST('/api/v1/rule-dry-runs', { body }));
  await runsAgain();
}

export async function cancelDryRun(id: string) {
  await ok(api.POST('/api/v1/rule-dry-runs/{id}/cancel', { params: { path: { id } } }));
  await runsAgain();
}
