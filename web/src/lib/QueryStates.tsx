import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { errorCode, errorText } from '@/api/errors';
import { Failure, SkeletonRows } from '@/ui/States';

/** Skeleton, failure or the data: the three states of every page. */
export function Loaded<Data>({
  query,
  rows = 3,
  children,
}: {
  query: UseQueryResult<Data>;
  /** Rows of the skeleton. */
  rows?: number;
  children: (data: Data) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) {
    return (
      <Failure
        detail={errorText(query.error)}
        code={errorCode(query.error)}
        onRetry={() => void query.refetch()}
      />
    );
  }
  return <SkeletonRows rows={rows} />;
}
