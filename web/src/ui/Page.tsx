import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';

/** A scrolling page with a title: every screen that is not panes. */
export function Page({
  title,
  intro,
  actions,
  wide = false,
  children,
}: {
  title: string;
  intro?: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}) {
  return (
    <div className="h-full overflow-y-auto">
      <div
        className={cn(
          'mx-auto px-4 pt-5 pb-16 md:px-8 md:pt-8',
          wide ? 'max-w-[1080px]' : 'max-w-[760px]',
        )}
      >
        <div className="mb-5 flex flex-wrap items-start justify-between gap-x-6 gap-y-3 md:flex-nowrap">
          <div className="min-w-0">
            <h1 className="font-semibold text-page">{title}</h1>
            {intro ? <div className="mt-1 max-w-[560px] text-muted">{intro}</div> : null}
          </div>
          {actions ? <div className="flex shrink-0 flex-wrap gap-2">{actions}</div> : null}
        </div>
        {children}
      </div>
    </div>
  );
}

/** One block of a page: a hairline frame, a heading, no card within a card. */
export function Section({
  title,
  hint,
  actions,
  flush = false,
  children,
}: {
  title?: string;
  hint?: ReactNode;
  actions?: ReactNode;
  flush?: boolean;
  children: ReactNode;
}) {
  return (
    <section className="mb-6">
      {title ? (
        <div className="mb-2 flex flex-wrap items-end justify-between gap-2">
          <div>
            <h2 className="font-semibold text-title">{title}</h2>
            {hint ? <p className="mt-0.5 max-w-[560px] text-muted">{hint}</p> : null}
          </div>
          {actions}
        </div>
      ) : null}
      <div className={cn('rounded-card border border-line bg-surface', !flush && 'p-4')}>
        {children}
      </div>
    </section>
  );
}

export function Rows({ children }: { children: ReactNode }) {
  return <ul className="divide-y divide-line">{children}</ul>;
}

export function Row({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <li
      className={cn('flex min-h-14 flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5', className)}
    >
      {children}
    </li>
  );
}
