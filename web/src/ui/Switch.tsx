import { Switch as Base } from '@base-ui/react/switch';
import { type ReactNode, useId } from 'react';

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
    <div className="flex items-start justify-between gap-4">
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
        className="relative mt-0.5 h-6 w-10 shrink-0 rounded-full border border-line-strong bg-sunken p-[3px] transition-colors duration-100 data-[checked]:border-accent data-[checked]:bg-accent data-[disabled]:opacity-50"
      >
        <Base.Thumb className="block size-4 rounded-full bg-muted transition-transform duration-100 data-[checked]:translate-x-4 data-[checked]:bg-accent-ink" />
      </Base.Root>
    </div>
  );
}
