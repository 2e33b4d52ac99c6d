import { useInfiniteQuery } from '@tanstack/react-query';
import { OctagonX, Users } from 'lucide-react';
import { useEffect, useState } from 'react';
import { customersQuery } from '@/api/customers';
import { errorCode, errorText } from '@/api/errors';
import { t } from '@/i18n/t';
import { useDebounced, useNow } from '@/lib/hooks';
import { formatAddress } from '@/lib/phone';
import { age } from '@/lib/time';
import { Avatar } from '@/ui/Avatar';
import { Badge } from '@/ui/Badge';
import { Button } from '@/ui/Button';
import { TextField } from '@/ui/Field';
import { Page, Row, Rows, Section } from '@/ui/Page';
import { Empty, Failure, SkeletonRows } from '@/ui/States';

export function CustomersTable({
  q,
  onQuery,
  onOpen,
}: {
  q: string;
  onQuery: (q: string) => void;
  onOpen: (id: string) => void;
}) {
  const [typed, setTyped] = useState(q);
  const late = useDebounced(typed, 200);
  const now = useNow();
  useEffect(() => {
    if (late !== q) onQuery(late);
  }, [late, q, onQuery]);
  const query = useInfiniteQuery(customersQuery(late));
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title={t.customers.title} intro={t.customers.intro}>
      <TextField
        label={t.customers.find}
        labelHidden
        type="search"
        placeholder={t.customers.find}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        className="mb-4"
      />
      {query.isPending ? <SkeletonRows /> : null}
      {query.isError ? (
        <Failure
          detail={errorText(query.error)}
          code={errorCode(query.error)}
          onRetry={() => void query.refetch()}
        />
      ) : null}
      {query.isSuccess && rows.length === 0 ? (
        <Empty icon={Users} title={late ? t.customers.none(late) : t.customers.empty}>
          {late ? null : t.customers.empty_detail}
        </Empty>
      ) : null}
      {rows.length > 0 ? (
        <Section flush>
          <Rows>
            {rows.map((row) => {
              const address = row.addresses[0];
              const number = address ? formatAddress(address.address) : '';
              return (
                <Row key={row.id} className="p-0">
                  <button
                    type="button"
                    onClick={() => onOpen(row.id)}
                    className="flex min-h-14 w-full items-center gap-3 px-4 py-2 text-start hover:bg-bg"
                  >
                    <Avatar name={row.name || number} />
                    <span className="min-w-0 flex-1">
                      <span className="block truncate font-medium">{row.name || number}</span>
                      {row.name ? (
                        <span className="block truncate text-label text-muted">{number}</span>
                      ) : null}
                    </span>
                    {row.addresses.some((entry) => entry.opted_out) ? (
                      <Badge tone="bad" icon={OctagonX}>
                        {t.customer.opted_out}
                      </Badge>
                    ) : null}
                    <span className="w-14 shrink-0 text-end text-faint text-label">
                      {age(row.last_at, now)}
                    </span>
                  </button>
                </Row>
              );
            })}
          </Rows>
        </Section>
      ) : null}
      {query.hasNextPage ? (
        <div className="flex justify-center">
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t.common.show_more}
          </Button>
        </div>
      ) : null}
    </Page>
  );
}
