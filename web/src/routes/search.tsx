import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { Search } from '@/features/search/Search';
import { t } from '@/i18n/t';
import { useTitle } from '@/lib/hooks';

const route = getRouteApi('/shell/search');

export function SearchScreen() {
  const { q = '' } = route.useSearch();
  const navigate = useNavigate();
  useTitle(`${q || t.search.title} · ${t.common.app}`);
  const onQuery = useCallback(
    (next: string) =>
      void navigate({ to: '/search', search: next ? { q: next } : {}, replace: true }),
    [navigate],
  );
  return (
    <Search
      q={q}
      onQuery={onQuery}
      onCustomer={(customer) => void navigate({ to: '/customers/$customer', params: { customer } })}
      onOpen={(conversation, message) =>
        void navigate({ to: '/inbox/$conversation', params: { conversation }, search: { message } })
      }
    />
  );
}
