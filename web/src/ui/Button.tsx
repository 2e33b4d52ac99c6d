import { cva, type VariantProps } from 'class-variance-authority';
import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cn } from '@/lib/cn';
import { Spinner } from './Spinner';

const button = cva(
  'inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-control font-medium transition-colors duration-100 disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55',
  {
    variants: {
      tone: {
        primary: 'bg-accent text-accent-ink hover:bg-accent-strong',
        plain: 'border border-line-strong/60 bg-surface text-ink hover:bg-sunken',
        quiet: 'text-muted hover:bg-sunken hover:text-ink',
        danger: 'bg-bad text-bad-ink hover:opacity-90',
        'danger-quiet': 'border border-line-strong/60 text-bad hover:bg-sunken',
      },
      size: {
        md: 'h-control px-3',
        sm: 'h-7 px-2 text-label max-md:h-9 max-md:px-3',
        lg: 'h-10 px-4 max-md:h-12',
      },
    },
    defaultVariants: { tone: 'plain', size: 'md' },
  },
);

export interface ButtonProps extends ComponentProps<'button'>, VariantProps<typeof button> {
  icon?: LucideIcon | undefined;
  /** Shows a spinner and ignores clicks, without losing focus as `disabled` would. */
  busy?: boolean;
}

export function Button({
  tone,
  size,
  icon: Icon,
  busy = false,
  className,
  children,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps) {
  return (
    <button
      type={busy ? 'button' : type}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      className={cn(button({ tone, size }), className)}
      onClick={busy ? undefined : onClick}
      {...rest}
    >
      {busy ? (
        <Spinner className="size-4" />
      ) : Icon ? (
        <Icon aria-hidden className="size-4" />
      ) : null}
      {children}
    </button>
  );
}

/** The same look for links that act like buttons. */
export const buttonClass = (props: VariantProps<typeof button>, className?: string) =>
  cn(button(props), className);
