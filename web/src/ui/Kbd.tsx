import { cn } from '@/lib/cn';
import { keyLabel } from '@/lib/key-label';

/** Draws a binding such as `mod+k` or `g i` as key caps. */
export function Kbd({ keys, className }: { keys: string; className?: string }) {
  return (
    <span className={cn('inline-flex items-center gap-1', className)}>
      {keyLabel(keys).map((cap, at) => (
        <kbd
          // biome-ignore lint/suspicious/noArrayIndexKey: caps of one binding never reorder
          key={`${at}-${cap}`}
          className="inline-flex h-[18px] min-w-[18px] items-center justify-center rounded-[4px] border border-line bg-bg px-1 font-medium font-sans text-[11px] text-muted leading-none"
        >
          {cap}
        </kbd>
      ))}
    </span>
  );
}
