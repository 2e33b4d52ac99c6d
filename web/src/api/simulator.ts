import { queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';
import { queryClient } from './query-client';

export type Faults = Schemas['SimulatorFaults'];
export type PhoneText = Schemas['SimulatorText'];

/** The phones used last: as many as a list of suggestions can be of use for. */
export const phonesQuery = queryOptions({
  queryKey: ['phones'],
  queryFn: ({ signal }) =>
    ok(api.GET('/api/v1/simulator/phones', { signal, params: { query: { limit: 200 } } })),
});

export const phoneQuery = (number: string) =>
  queryOptions({
    queryKey: ['phone', number],
    queryFn: ({ signal }) =>
      ok(api.GET('/api/v1/simulator/phones/{number}', { signal, params: { path: { number } } })),
    enabled: number !== '',
    // The carrier's side has no stream of its own; a look each second is enough for one phone.
    refetchInterval: 1000,
  });

export async function textFromPhone(body: {
  from: string;
  inbox_id: string;
  body: string;
  media_ids?: string[];
}) {
  const text = await ok(api.POST('/api/v1/simulator/texts', { body }));
  void queryClient.invalidateQueries({ queryKey: ['phone', body.from] });
  void queryClient.invalidateQueries({ queryKey: ['phones'] });
  return text;
}

export const faultsQuery = (inbox: string) =>
  queryOptions({
    queryKey: ['faults', inbox],
    queryFn: ({ signal }) =>
      ok(api.GET('/api/v1/simulator/faults', { signal, params: { query: { inbox_id: inbox } } })),
  });

export async function setFaults(inbox: string, faults: Faults) {
  const now = await ok(
    api.PUT('/api/v1/simulator/faults', { params: { query: { inbox_id: inbox } }, body: faults }),
  );
  queryClient.setQueryData(['faults', inbox], now);
  return now;
}
