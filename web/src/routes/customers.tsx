import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { CustomerPage } from '@/features/customers/CustomerPage';
import { CustomersTable } from '@/features/customers/CustomersTable';
import { t } from '@/i18n/t';
import { useTitle } from '@/lib/hooks';

const list = getRouteApi('/shell/customers');
const one = getRouteApi('/shell/customers/$customer');

export function CustomersScreen() {
  const { q = '' } = list.useSearch();
  const navigate = useNavigate();
  useTitle(`${t.customers.title} · ${t.common.app}`);
  const onQuery = useCallback(
    (next: string) =>
      void navigate({ to: '/customers', search: next ? { q: next } : {}, replace: true }),
    [navigate],
  );
  return (
    <CustomersTable
      q={q}
      onQuery={onQuery}
      onOpen={(customer) => void navigate({ to: '/customers/$customer', params: { customer } })}
    />
  );
}

export function CustomerScreen() {
  const { customer } = one.useParams();
  const navigate = useNavigate();
  return (
    <CustomerPage
      id={customer}
      onBack={() => void navigate({ to: '/customers' })}
      onOpenConversation={(conversation) =>
        void navigate({ to: '/inbox/$conversation', params: { conversation }, search: {} })
      }
    />
  );
}
