import { ChevronDown } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { cn } from '@/lib/cn';
import { fullTime } from '@/lib/time';
import { Button } from '@/ui/Button';

/** A row of a list that opens below itself. */
export function OpenRow({
  label,
  name,
  head,
  children,
}: {
  /** The words on the button. */
  label: string;
  /** The same with what it is about, for those who only hear it. */
  name: string;
  head: (more: ReactNode) => ReactNode;
  children: () => ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const more = (
    <Button
      size="sm"
      tone="quiet"
      aria-label={name}
      aria-expanded={open}
      aria-controls={open ? id : undefined}
      onClick={() => setOpen(!open)}
    >
      {label}
      <ChevronDown aria-hidden className={cn('size-3.5', open && 'rotate-180')} />
    </Button>
  );
  return (
    <li className="px-4 py-3">
      {head(more)}
      {open ? (
        <div id={id} className="mt-3 border-line border-t pt-3">
          {children()}
        </div>
      ) : null}
    </li>
  );
}

/** Names and values, the names in a column of their own where there is room. */
export function Facts({ items }: { items: readonly (readonly [string, ReactNode] | null)[] }) {
  return (
    <dl className="grid gap-x-4 gap-y-1 md:grid-cols-[140px_minmax(0,1fr)]">
      {items.map((item) =>
        item === null ? null : (
          <div key={item[0]} className="contents">
            <dt className="text-label text-muted">{item[0]}</dt>
            <dd className="min-w-0 break-words max-md:mb-1.5">{item[1]}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

/** An instant: short to read, whole on hover and to machines. */
export function At({
  ms,
  children,
  className,
}: {
  ms: number;
  children: ReactNode;
  className?: string;
}) {
  return (
    <time dateTime={new Date(ms).toISOString()} title={fullTime(ms)} className={className}>
      {children}
    </time>
  );
}

/** Words of a customer, as they wrote them. */
export function Quote({ children }: { children: ReactNode }) {
  return (
    <blockquote className="whitespace-pre-wrap break-words rounded-card bg-sunken px-3 py-2 text-text">
      {children}
    </blockquote>
  );
}
