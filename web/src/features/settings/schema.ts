/** One field of a settings form, read out of a JSON schema. */
export interface SchemaField {
  name: string;
  kind: 'text' | 'number' | 'boolean' | 'choice';
  title: string;
  hint: string;
  required: boolean;
  secret: boolean;
  choices: string[];
  initial: string;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
const text = (value: unknown) => (typeof value === 'string' ? value : '');
const list = (value: unknown) =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/** What comes before the last word of a name: `api_key` of `api_key_sid`. */
const stemOf = (name: string) => name.slice(0, name.lastIndexOf('_') + 1);

/**
 * The order of a form. The server's JSON does not keep that of `properties`, while `required` is a
 * list: what is required comes first, as listed there. Else what belongs together stays together,
 * the secret after what it is the secret of.
 */
function inOrder(fields: SchemaField[], required: readonly string[]): SchemaField[] {
  const stems = fields.map(({ name }) => stemOf(name));
  const place = ({ name, secret }: SchemaField, at: number): number[] => {
    const listed = required.indexOf(name);
    if (listed >= 0) return [0, listed, 0, at];
    return [1, stems.indexOf(stems[at] ?? ''), secret ? 1 : 0, at];
  };
  return fields
    .map((field, at) => ({ field, key: place(field, at) }))
    .sort((a, b) => {
      const differs = a.key.findIndex((value, at) => value !== b.key[at]);
      return differs < 0 ? 0 : (a.key[differs] ?? 0) - (b.key[differs] ?? 0);
    })
    .map(({ field }) => field);
}

/** The fields of an object schema in the order of a form; what is no plain value is left out. */
export function fieldsOf(schema: unknown): SchemaField[] {
  const root = record(schema);
  const required = list(root.required);
  const fields = Object.entries(record(root.properties)).flatMap(([name, value]): SchemaField[] => {
    const property = record(value);
    // A nullable type is written as a list; the first that is not null tells the kind.
    const type = text(property.type) || list(property.type).find((item) => item !== 'null') || '';
    const choices = list(property.enum);
    const kind =
      choices.length > 0
        ? 'choice'
        : type === 'boolean'
          ? 'boolean'
          : type === 'integer' || type === 'number'
            ? 'number'
            : 'text';
    if (type === 'object' || type === 'array') return [];
    return [
      {
        name,
        kind,
        title: text(property.title) || name.replaceAll('_', ' '),
        hint: text(property.description),
        required: required.includes(name),
        secret: property.writeOnly === true || text(property.format) === 'password',
        choices,
        initial:
          property.default === undefined || property.default === null
            ? ''
            : String(property.default),
      },
    ];
  });
  return inOrder(fields, required);
}

/** The settings a filled form means. An empty secret is left out: the kept one stays. */
export function settingsOf(
  schema: unknown,
  value: (name: string) => string,
): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const field of fieldsOf(schema)) {
    const given = value(field.name).trim();
    if (field.kind === 'boolean') settings[field.name] = given === 'on';
    else if (given === '') continue;
    else settings[field.name] = field.kind === 'number' ? Number(given) : given;
  }
  return settings;
}
