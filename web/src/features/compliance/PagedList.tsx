import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { errorCode, errorText } from '@/api/errors';
import { t } from '@/i18n/t';
import { Button } from '@/ui/Button';
import { Rows, Section } from '@/ui/Page';
import { Empty, Failure, SkeletonRows } from '@/ui/States';

/** A list that comes in pages: its skeleton, its failure, its emptiness, its rows and the way on. */
export function PagedList<Item>({
  query,
  empty,
  row,
}: {
  query: UseInfiniteQueryResult<InfiniteData<{ items: Item[] }>>;
  empty: { icon: LucideIcon; title: string; detail?: string };
  row: (item: Item) => ReactNode;
}) {
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.isPending) return <SkeletonRows rows={6} />;
  if (query.isError && items.length === 0) {
    return (
      <Failure
        detail={errorText(query.error)}
        code={errorCode(query.error)}
        onRetry={() => void query.refetch()}
      />
    );
  }
  if (items.length === 0) {
    return (
      <Empty icon={empty.icon} title={empty.title}>
        {empty.detail}
      </Empty>
    );
  }
  return (
    <>
      <Section flush>
        <Rows>{items.map(row)}</Rows>
      </Section>
      {query.hasNextPage ? (
        <div className="flex justify-center">
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t.common.show_more}
          </Button>
        </div>
      ) : null}
    </>
  );
}
