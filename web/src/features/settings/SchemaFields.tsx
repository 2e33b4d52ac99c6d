import { t } from '@/i18n/t';
import { Checkbox } from '@/ui/Checkbox';
import { Disclosure } from '@/ui/Disclosure';
import { SelectField, TextField } from '@/ui/Field';
import { fieldsOf, type SchemaField } from './schema';

/**
 * Draws the fields a JSON schema asks for: the required ones, the others in a fold that begins open
 * where one of them is set. Secrets are written, never shown again.
 */
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
  const fields = fieldsOf(schema);
  const required = fields.filter((field) => field.required);
  const optional = fields.filter((field) => !field.required);
  const set = ({ name, initial }: SchemaField) =>
    secretsSet.includes(name) || String(values[name] ?? initial) !== initial;
  const draw = (field: SchemaField) => {
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
          {field.required || field.initial !== '' ? null : (
            <option value="">{t.common.none}</option>
          )}
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
  };
  return (
    <>
      {required.map(draw)}
      {optional.length > 0 ? (
        <Disclosure
          label={t.settings.accounts.advanced}
          open={optional.some((field) => set(field) || error(field.name) !== undefined)}
        >
          <div className="flex flex-col gap-4 pt-2">{optional.map(draw)}</div>
        </Disclosure>
      ) : null}
    </>
  );
}
