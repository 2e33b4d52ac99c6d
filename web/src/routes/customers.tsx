import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { meQuery } from '@/api/session';
import { OptOutDialog } from '@/features/compliance/OptOutDialog';
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
  const me = useSuspenseQuery(meQuery).data;
  const [optingOut, setOptingOut] = useState<string | null>(null);
  return (
    <>
      <CustomerPage
        id={customer}
        onBack={() => void navigate({ to: '/customers' })}
        onOpenConversation={(conversation) =>
          void navigate({ to: '/inbox/$conversation', params: { conversation }, search: {} })
        }
        onOptOut={me.permissions.includes('write') ? setOptingOut : undefined}
        onConsents={(number) =>
          void navigate({
            to: '/compliance/$page',
            params: { page: 'consents' },
            search: { number },
          })
        }
        onPrivacy={
          me.permissions.includes('privacy')
            ? () =>
                void navigate({
                  to: '/compliance/$page',
                  params: { page: 'erasure' },
                  search: { customer },
                })
            : undefined
        }
      />
      <OptOutDialog number={optingOut} onClose={() => setOptingOut(null)} />
    </>
  );
}
