import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';
import { queryClient } from './query-client';

export type Customer = Schemas['Customer'];
export type Order = Schemas['Order'];

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
