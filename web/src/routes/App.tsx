import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect } from 'react';
import { queryClient, whenSignedOut } from '@/api/query-client';
import { listenToKeys } from '@/lib/keyboard';
import { watchTheme } from '@/lib/theme';
import { Provider } from '@/ui/Provider';
import { router } from './router';

whenSignedOut(() => {
  queryClient.removeQueries({ queryKey: ['me'] });
  if (!location.pathname.startsWith('/login')) {
    void router.navigate({ to: '/login', search: { next: location.pathname + location.search } });
  }
});

export function App() {
  useEffect(() => {
    watchTheme();
    return listenToKeys();
  }, []);
  return (
    <QueryClientProvider client={queryClient}>
      <Provider>
        <RouterProvider router={router} />
      </Provider>
    </QueryClientProvider>
  );
}
