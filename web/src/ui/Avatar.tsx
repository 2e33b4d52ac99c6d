import { cn } from '@/lib/cn';

/** First letters of a name; a number without a name shows its last two digits. */
export function initials(name: string): string {
  const words = name
    .trim()
    .split(/\s+/)
    .filter((word) => /\p{L}/u.test(word));
  if (words.length === 0) return name.replace(/\D/g, '').slice(-2) || '?';
  const first = words[0]?.match(/\p{L}/u)?.[0] ?? '';
  const last = words.length > 1 ? (words[words.length - 1]?.match(/\p{L}/u)?.[0] ?? '') : '';
  return (first + last).toUpperCase();
}

export function Avatar({
  name,
  tone = 'customer',
  size = 'md',
  className,
}: {
  name: string;
  tone?: 'customer' | 'member';
  size?: 'sm' | 'md' | 'lg';
  className?: string;
}) {
  return (
    <span
      aria-hidden
      className={cn(
        'inline-flex shrink-0 select-none items-center justify-center rounded-full font-semibold',
        size === 'sm' && 'size-5 text-[9px]',
        size === 'md' && 'size-8 text-meta',
        size === 'lg' && 'size-12 text-title',
        tone === 'member' ? 'bg-accent text-accent-ink' : 'bg-sunken text-muted',
        className,
      )}
    >
      {initials(name)}
    </span>
  );
}
