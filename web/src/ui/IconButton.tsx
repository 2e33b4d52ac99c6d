import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cn } from '@/lib/cn';
import { ariaKeys } from '@/lib/key-label';
import { Tooltip } from './Tooltip';

interface IconButtonProps extends ComponentProps<'button'> {
  icon: LucideIcon;
  /** The accessible name and the tooltip. */
  label: string;
  keys?: string | undefined;
  pressed?: boolean | undefined;
  side?: 'top' | 'bottom' | 'left' | 'right';
}

export function IconButton({
  icon: Icon,
  label,
  keys,
  pressed,
  side,
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip label={label} keys={keys} side={side ?? 'bottom'}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={pressed}
        aria-keyshortcuts={keys ? ariaKeys(keys) : undefined}
        className={cn(
          'inline-flex size-control shrink-0 items-center justify-center rounded-control text-muted transition-colors duration-100 hover:bg-sunken hover:text-ink disabled:cursor-not-allowed disabled:opacity-50 aria-pressed:bg-accent-soft aria-pressed:text-accent',
          className,
        )}
        {...rest}
      >
        <Icon aria-hidden className="size-[18px]" strokeWidth={1.75} />
      </button>
    </Tooltip>
  );
}
