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

export function TextField({
  label,
  hint,
  error,
  labelHidden,
  className,
  ...rest
}: FieldProps & Omit<ComponentProps<'input'>, 'className'>) {
  return (
    <Field
      label={label}
      hint={hint}
      error={error}
      labelHidden={labelHidden ?? false}
      className={className ?? ''}
    >
      {(slots) => <input {...slots} {...rest} className={cn(control, 'h-9 max-md:h-11')} />}
    </Field>
  );
}

export function TextAreaField({
  label,
  hint,
  error,
  labelHidden,
  className,
  ...rest
}: FieldProps & Omit<ComponentProps<'textarea'>, 'className'>) {
  return (
    <Field
      label={label}
      hint={hint}
      error={error}
      labelHidden={labelHidden ?? false}
      className={className ?? ''}
    >
      {(slots) => <textarea rows={3} {...slots} {...rest} className={cn(control, 'py-2')} />}
    </Field>
  );
}

/** The platform's own select: right on phones, with screen readers and under any policy. */
export function SelectField({
  label,
  hint,
  error,
  labelHidden,
  className,
  children,
  ...rest
}: FieldProps & Omit<ComponentProps<'select'>, 'className'>) {
  return (
    <Field
      label={label}
      hint={hint}
      error={error}
      labelHidden={labelHidden ?? false}
      className={className ?? ''}
    >
      {(slots) => (
        <select {...slots} {...rest} className={cn(control, 'h-9 pe-7 max-md:h-11')}>
          {children}
        </select>
      )}
    </Field>
  );
}
