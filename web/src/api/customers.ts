import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';
import { queryClient } from './query-client';

export type Customer = Schemas['Customer'];
export type CustomerMerge = Schemas['CustomerMerge'];
export type Order = Schemas['Order'];
export type Place = Schemas['CustomerPlace'];
export type PlaceKind = Schemas['PlaceKind'];
export type Whereabouts = Schemas['Whereabouts'];

export const customersQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['customers', q],
    queryFn: ({ pageParam, signal }) =>
      ok(
        api.GET('/api/v1/customers', {
          signal,
          params: {
            query: { ...(q ? { q } : {}), limit: 50, ...(pageParam ? { cursor: pageParam } : {}) },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export const customerQuery = (id: string) =>
  queryOptions({
    queryKey: ['customer', id],
    queryFn: ({ signal }) =>
      ok(api.GET('/api/v1/customers/{id}', { signal, params: { path: { id } } })),
  });

export async function changeCustomer(id: string, body: { name?: string; notes?: string }) {
  const customer = await ok(
    api.PATCH('/api/v1/customers/{id}', { params: { path: { id } }, body }),
  );
  queryClient.setQueryData(['customer', id], customer);
  void queryClient.invalidateQueries({ queryKey: ['customers'] });
  void queryClient.invalidateQueries({ queryKey: ['conversations'] });
  void queryClient.invalidateQueries({ queryKey: ['conversation'] });
  return customer;
}

/** Makes another customer part of this one; both are drawn anew wherever they stand. */
export async function mergeCustomer(id: string, body: Schemas['CustomerMergeNew']) {
  const customer = await ok(
    api.POST('/api/v1/customers/{id}/merge', { params: { path: { id } }, body }),
  );
  return afterMerge(customer, body.customer_id);
}

export async function unmergeCustomer(merge: CustomerMerge) {
  const id = merge.customer_id;
  const body = { merge_id: merge.id };
  const customer = await ok(
    api.POST('/api/v1/customers/{id}/unmerge', { params: { path: { id } }, body }),
  );
  return afterMerge(customer, merge.other_id);
}

function afterMerge(customer: Customer, other: string) {
  queryClient.setQueryData(['customer', customer.id], customer);
  for (const queryKey of [
    ['customer', other],
    ['customers'],
    ['conversations'],
    ['conversation'],
  ]) {
    void queryClient.invalidateQueries({ queryKey });
  }
  return customer;
}

/** Says where a customer is, in the stead of what was known of the same kind. */
export async function setPlace(id: string, kind: PlaceKind, body: Schemas['CustomerPlaceSet']) {
  const customer = await ok(
    api.PUT('/api/v1/customers/{id}/places/{kind}', { params: { path: { id, kind } }, body }),
  );
  queryClient.setQueryData(['customer', id], customer);
  return customer;
}

export async function forgetPlace(id: string, kind: PlaceKind) {
  await ok(api.DELETE('/api/v1/customers/{id}/places/{kind}', { params: { path: { id, kind } } }));
  await queryClient.invalidateQueries({ queryKey: ['customer', id] });
}
