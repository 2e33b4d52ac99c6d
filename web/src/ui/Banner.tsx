import { CircleAlert, CircleCheck, Info, type LucideIcon, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';

type BannerTone = 'info' | 'warn' | 'bad' | 'ok';
const ICONS: Record<BannerTone, LucideIcon> = {
  info: Info,
  warn: TriangleAlert,
  bad: CircleAlert,
  ok: CircleCheck,
};
const TONES: Record<BannerTone, string> = {
  info: 'text-info',
  warn: 'text-warn',
  bad: 'text-bad',
  ok: 'text-ok',
};

/** A fact the whole screen should know, in the page's flow: it pushes, it never covers. */
export function Banner({
  tone = 'info',
  icon,
  children,
  action,
  className,
}: {
  tone?: BannerTone;
  icon?: LucideIcon;
  children: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  const Icon = icon ?? ICONS[tone];
  return (
    <div
      className={cn(
        'flex min-h-9 flex-wrap items-center gap-x-3 gap-y-1 border-line border-b bg-sunken px-4 py-1.5',
        className,
      )}
    >
      <Icon aria-hidden className={cn('size-4 shrink-0', TONES[tone])} />
      <div className="min-w-[200px] flex-1">{children}</div>
      {action}
    </div>
  );
}

/** The same inside a form or card. What went wrong is read out when it appears. */
export function Notice(props: {
  tone?: BannerTone;
  children: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  const banner = <Banner {...props} className={cn('rounded-card border px-3', props.className)} />;
  return props.tone === 'bad' ? <div role="alert">{banner}</div> : banner;
}
