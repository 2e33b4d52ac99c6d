import { t } from '@/i18n/t';
import { Checkbox } from '@/ui/Checkbox';
import { SelectField, TextField } from '@/ui/Field';
import { fieldsOf } from './schema';

/** Draws the fields a JSON schema asks for. Secrets are written, never shown again. */
export function SchemaFields({
  schema,
  values,
  secretsSet,
  error,
}: {
  schema: unknown;
  values: Record<string, unknown>;
  secretsSet: readonly string[];
  error: (name: string) => string | undefined;
}) {
  return fieldsOf(schema).map((field) => {
    const value = values[field.name] ?? field.initial;
    const label = field.required ? field.title : `${field.title} (${t.common.optional})`;
    if (field.kind === 'boolean') {
      return (
        <Checkbox
          key={field.name}
          name={field.name}
          label={field.title}
          defaultChecked={value === true || value === 'true'}
        />
      );
    }
    if (field.kind === 'choice') {
      return (
        <SelectField
          key={field.name}
          name={field.name}
          label={label}
          hint={field.hint}
          defaultValue={String(value)}
          error={error(field.name)}
        >
          {field.required ? null : <option value="">{t.common.none}</option>}
          {field.choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </SelectField>
      );
    }
    const kept = field.secret && secretsSet.includes(field.name);
    return (
      <TextField
        key={field.name}
        name={field.name}
        label={label}
        hint={field.hint}
        type={field.secret ? 'password' : field.kind === 'number' ? 'number' : 'text'}
        autoComplete={field.secret ? 'new-password' : 'off'}
        spellCheck={false}
        required={field.required && !kept}
        placeholder={kept ? t.settings.accounts.secret_set : undefined}
        defaultValue={field.secret ? '' : String(value)}
        error={error(field.name)}
      />
    );
  });
}
