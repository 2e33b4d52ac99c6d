import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from './errors';

/** Where a lost session leads; the routes set it, so that this file knows no router. */
let onSignedOut = () => {};
export function whenSignedOut(run: () => void) {
  onSignedOut = run;
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError(error, query) {
      if (error instanceof ApiError && error.status === 401 && query.queryKey[0] !== 'me')
        onSignedOut();
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      gcTime: 30 * 60_000,
      refetchOnWindowFocus: false,
      // A refusal will be refused again; silence may be a moment's.
      retry: (count, error) =>
        !(error instanceof ApiError && error.status > 0 && error.status < 500) && count < 2,
    },
    mutations: { retry: false },
  },
});
