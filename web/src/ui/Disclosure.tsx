import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';

/** What most do not need to read, behind one word. */
export function Disclosure({
  label,
  children,
  open,
  className,
}: {
  label: string;
  children: ReactNode;
  /** Whether it begins open. */
  open?: boolean;
  className?: string;
}) {
  return (
    <details open={open} className={cn('open:basis-full', className)}>
      <summary className="w-fit min-h-6 cursor-pointer rounded-[4px] py-1 font-semibold text-accent underline-offset-2 hover:underline max-md:min-h-11 max-md:py-3">
        {label}
      </summary>
      {children}
    </details>
  );
}
