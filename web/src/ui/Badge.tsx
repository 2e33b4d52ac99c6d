import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';

export type Tone = 'plain' | 'ok' | 'warn' | 'bad' | 'info' | 'accent';

const TONES: Record<Tone, string> = {
  plain: 'text-muted',
  ok: 'text-ok',
  warn: 'text-warn',
  bad: 'text-bad',
  info: 'text-info',
  accent: 'bg-accent-soft text-accent',
};

/** A mark with words: colour alone never carries a meaning. */
export function Badge({
  tone = 'plain',
  icon: Icon,
  children,
  className,
}: {
  tone?: Tone;
  icon?: LucideIcon;
  children: ReactNode;
  className?: string;
}) {
  return (
    <span
      className={cn(
        'inline-flex h-5 shrink-0 items-center gap-1 rounded-[4px] bg-sunken px-1.5 font-medium text-meta',
        TONES[tone],
        className,
      )}
    >
      {Icon ? <Icon aria-hidden className="size-3" strokeWidth={2.25} /> : null}
      {children}
    </span>
  );
}
