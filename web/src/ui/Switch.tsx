import { Switch as Base } from '@base-ui/react/switch';
import { type ReactNode, useId } from 'react';
import { cn } from '@/lib/cn';

export function Switch({
  label,
  hint,
  checked,
  disabled,
  onChange,
}: {
  label: ReactNode;
  hint?: ReactNode;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}) {
  const id = useId();
  return (
    <div className={cn('flex justify-between gap-4', hint ? 'items-start' : 'items-center')}>
      <div className="min-w-0">
        <span id={id} className="font-medium">
          {label}
        </span>
        {hint ? <p className="text-faint text-label">{hint}</p> : null}
      </div>
      <Base.Root
        checked={checked}
        disabled={disabled ?? false}
        onCheckedChange={onChange}
        aria-labelledby={id}
        className="relative h-6 w-10 shrink-0 rounded-full border border-line-strong bg-sunken p-[3px] transition-colors duration-100 data-[checked]:border-accent data-[checked]:bg-accent data-[disabled]:opacity-50"
      >
        <Base.Thumb className="block size-4 rounded-full bg-muted transition-transform duration-100 data-[checked]:translate-x-4 data-[checked]:bg-accent-ink" />
      </Base.Root>
    </div>
  );
}
