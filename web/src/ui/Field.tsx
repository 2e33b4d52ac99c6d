import { type ComponentProps, type ReactNode, useId } from 'react';
import { cn } from '@/lib/cn';

const control =
  'w-full rounded-control border border-line-strong bg-surface px-2.5 text-ink max-md:text-[16px] focus-visible:outline-offset-0 disabled:opacity-60 aria-invalid:border-bad';

interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  /** What is wrong with the value, in the server's words. */
  error?: string | undefined;
  /** The label is read out but not drawn. */
  labelHidden?: boolean;
  className?: string;
}

interface Slots {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
}

/** Ties a label, a hint and an error to one control. */
export function Field({
  label,
  hint,
  error,
  labelHidden,
  className,
  children,
}: FieldProps & { children: (slots: Slots) => ReactNode }) {
  const id = useId();
  const describedBy = [hint ? `${id}-hint` : '', error ? `${id}-error` : '']
    .filter(Boolean)
    .join(' ');
  return (
    <div className={cn('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className={labelHidden ? 'sr-only' : 'font-medium text-label text-muted'}>
        {label}
      </label>
      {children({
        id,
        'aria-describedby': describedBy || undefined,
        'aria-invalid': error ? true : undefined,
      })}
      {hint ? (
        <p id={`${id}-hint`} className="text-faint text-label">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} role="alert" className="text-bad text-label">
          {error}
        </p>
      ) : null}
    </div>
  );
}

/** What of a control's properties belongs to the frame around it, and what to the control. */
function parted<Rest extends object>({
  label,
  hint,
  error,
  labelHidden = false,
  className = '',
  ...rest
}: FieldProps & Rest) {
  return { frame: { label, hint, error, labelHidden, className }, rest };
}

type ControlProps<Tag extends 'input' | 'textarea' | 'select'> = FieldProps &
  Omit<ComponentProps<Tag>, 'className'>;

export function TextField(props: ControlProps<'input'>) {
  const { frame, rest } = parted(props);
  return (
    <Field {...frame}>
      {(slots) => <input {...slots} {...rest} className={cn(control, 'h-9 max-md:h-11')} />}
    </Field>
  );
}

export function TextAreaField(props: ControlProps<'textarea'>) {
  const { frame, rest } = parted(props);
  return (
    <Field {...frame}>
      {(slots) => <textarea rows={3} {...slots} {...rest} className={cn(control, 'py-2')} />}
    </Field>
  );
}

/** The platform's own select: right on phones, with screen readers and under any policy. */
export function SelectField({ children, ...props }: ControlProps<'select'>) {
  const { frame, rest } = parted(props);
  return (
    <Field {...frame}>
      {(slots) => (
        <select {...slots} {...rest} className={cn(control, 'h-9 pe-7 max-md:h-11')}>
          {children}
        </select>
      )}
    </Field>
  );
}
