import type { LucideIcon } from 'lucide-react';
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { t } from '@/i18n/t';
import { cn } from '@/lib/cn';
import { Button } from './Button';

/** Nothing here yet: says so, says what to do. */
export function Empty({
  icon: Icon,
  title,
  heading = false,
  children,
  action,
  className,
}: {
  icon?: LucideIcon;
  /** The title is the heading of the whole screen. */
  heading?: boolean;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  return (
    <div
      className={cn(
        'flex flex-col items-center justify-center gap-2 px-6 py-12 text-center',
        className,
      )}
    >
      {Icon ? <Icon aria-hidden className="mb-1 size-6 text-faint" strokeWidth={1.5} /> : null}
      {heading ? (
        <h1 className="font-medium text-title">{title}</h1>
      ) : (
        <p className="font-medium text-title">{title}</p>
      )}
      {children ? <div className="max-w-[360px] text-muted">{children}</div> : null}
      {action ? <div className="mt-2">{action}</div> : null}
    </div>
  );
}

/** What happened, what to do; the code in small type for whoever is asked for help. */
export function Failure({
  detail,
  code,
  onRetry,
  className,
}: {
  detail: string;
  code?: string | undefined;
  onRetry?: (() => void) | undefined;
  className?: string;
}) {
  return (
    <div
      role="alert"
      className={cn('flex flex-col items-center gap-2 px-6 py-12 text-center', className)}
    >
      <CircleAlert aria-hidden className="size-6 text-bad" strokeWidth={1.5} />
      <p className="max-w-[420px]">{detail}</p>
      {code ? <p className="font-mono text-faint text-meta">{code}</p> : null}
      {onRetry ? <Button onClick={onRetry}>{t.common.try_again}</Button> : null}
    </div>
  );
}

export function SkeletonRows({
  rows = 8,
  label = t.common.loading,
}: {
  rows?: number;
  label?: string;
}) {
  return (
    <div role="status" aria-label={label} className="flex flex-col">
      {Array.from({ length: rows }, (_, at) => (
        // Rows of a skeleton have no identity.
        // biome-ignore lint/suspicious/noArrayIndexKey: rows are interchangeable
        <div key={at} className="flex items-center gap-3 border-line border-b px-4 py-4">
          <div className="skeleton size-8 rounded-full" />
          <div className="flex flex-1 flex-col gap-2">
            <div className="skeleton h-3 w-2/5" />
            <div className="skeleton h-3 w-4/5" />
          </div>
        </div>
      ))}
    </div>
  );
}
