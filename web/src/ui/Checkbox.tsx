import type { ComponentProps, ReactNode } from 'react';

export function Checkbox({ label, ...rest }: { label: ReactNode } & ComponentProps<'input'>) {
  return (
    <label className="flex min-h-6 cursor-pointer items-center gap-2 max-md:min-h-11">
      <input type="checkbox" className="size-4 shrink-0 accent-accent max-md:size-5" {...rest} />
      <span>{label}</span>
    </label>
  );
}
