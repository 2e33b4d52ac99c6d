import {
  ChevronDown,
  CircleAlert,
  CircleCheck,
  Info,
  type LucideIcon,
  TriangleAlert,
} from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { cn } from '@/lib/cn';
import { useIsPhone } from '@/lib/hooks';

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

export interface BannerItem {
  key: string;
  tone: BannerTone;
  icon?: LucideIcon;
  words: ReactNode;
  action?: ReactNode;
}

/**
 * Banners above everything, the most pressing first. On a phone, where each would take a good part of
 * every screen, one line stands for all of them until it is tapped.
 */
export function Banners({
  items,
  more,
}: {
  items: readonly BannerItem[];
  /** Names how many there are beside the one that is shown. */
  more: (count: number) => string;
}) {
  const phone = useIsPhone();
  const [open, setOpen] = useState(false);
  const id = useId();
  const [first, ...others] = items;
  if (!first) return null;
  if (!phone) {
    return items.map(({ key, words, ...item }) => (
      <Banner key={key} {...item}>
        {words}
      </Banner>
    ));
  }
  const Icon = first.icon ?? ICONS[first.tone];
  return (
    <>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
        className={cn(
          'flex min-h-11 w-full items-center gap-3 bg-sunken px-4 py-1.5 text-start focus-visible:outline-offset-[-2px]',
          !(open && first.action) && 'border-line border-b',
        )}
      >
        <Icon aria-hidden className={cn('size-4 shrink-0', TONES[first.tone])} />
        <span className={cn('min-w-0 flex-1', !open && 'truncate')}>{first.words}</span>
        {others.length > 0 && !open ? (
          <span className="shrink-0 text-label text-muted">{more(others.length)}</span>
        ) : null}
        <ChevronDown
          aria-hidden
          className={cn('size-4 shrink-0 text-muted', open && 'rotate-180')}
        />
      </button>
      {open ? (
        <div id={id} className="max-h-[50dvh] overflow-y-auto">
          {first.action ? (
            <div className="border-line border-b bg-sunken px-4 pb-2">{first.action}</div>
          ) : null}
          {others.map(({ key, words, ...item }) => (
            <Banner key={key} {...item}>
              {words}
            </Banner>
          ))}
        </div>
      ) : null}
    </>
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
