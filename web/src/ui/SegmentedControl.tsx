import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import type { LucideIcon } from 'lucide-react';
import { cn } from '@/lib/cn';

export interface SegmentOption<Value extends string> {
  value: Value;
  label: string;
  icon?: LucideIcon;
}

/** One of a few, always visible. Arrow keys move, as in any toolbar. */
export function SegmentedControl<Value extends string>({
  label,
  value,
  options,
  onChange,
  className,
}: {
  label: string;
  value: Value;
  options: readonly SegmentOption<Value>[];
  onChange: (value: Value) => void;
  className?: string;
}) {
  return (
    <ToggleGroup
      aria-label={label}
      value={[value]}
      onValueChange={(next) => {
        const picked = options.find((option) => option.value === next[0]);
        if (picked) onChange(picked.value);
      }}
      className={cn('inline-flex gap-0.5 rounded-control bg-sunken p-0.5', className)}
    >
      {options.map(({ value: key, label: text, icon: Icon }) => (
        <Toggle
          key={key}
          value={key}
          className="inline-flex h-7 items-center gap-1.5 rounded-[5px] px-2.5 font-medium text-label text-muted hover:text-ink data-[pressed]:bg-surface data-[pressed]:text-ink data-[pressed]:shadow-[0_0_0_1px_var(--line)] max-md:h-9"
        >
          {Icon ? <Icon aria-hidden className="size-3.5" /> : null}
          {/* On the narrowest phones the icon alone is drawn; the name stays. */}
          <span className={Icon ? 'max-sm:sr-only' : undefined}>{text}</span>
        </Toggle>
      ))}
    </ToggleGroup>
  );
}
