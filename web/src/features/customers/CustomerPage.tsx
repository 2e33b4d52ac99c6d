import { useQuery } from '@tanstack/react-query';
import { ArrowLeft } from 'lucide-react';
import type { ComponentProps } from 'react';
import { customerQuery } from '@/api/customers';
import { t } from '@/i18n/t';
import { useTitle } from '@/lib/hooks';
import { formatAddress } from '@/lib/phone';
import { Button } from '@/ui/Button';
import { Page, Section } from '@/ui/Page';
import { CustomerPanel } from './CustomerPanel';

/** The profile: the same facts as beside the thread, with room. */
export function CustomerPage({
  id,
  onBack,
  ...panel
}: {
  id: string;
  onBack: () => void;
} & Omit<ComponentProps<typeof CustomerPanel>, 'id' | 'conversation'>) {
  const customer = useQuery(customerQuery(id)).data;
  const name = customer
    ? customer.name || formatAddress(customer.addresses[0]?.address ?? '')
    : t.customer.title;
  useTitle(`${name} · ${t.common.app}`);
  return (
    <Page
      title={name}
      actions={
        <Button icon={ArrowLeft} onClick={onBack}>
          {t.customers.title}
        </Button>
      }
    >
      <Section flush>
        <CustomerPanel id={id} {...panel} />
      </Section>
    </Page>
  );
}
