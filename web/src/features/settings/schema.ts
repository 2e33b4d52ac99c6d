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

/** The fields of an object schema, in its own order; what is no plain value is left out. */
export function fieldsOf(schema: unknown): SchemaField[] {
  const root = record(schema);
  const required = new Set(list(root.required));
  return Object.entries(record(root.properties)).flatMap(([name, value]) => {
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
        required: required.has(name),
        secret: property.writeOnly === true || text(property.format) === 'password',
        choices,
        initial:
          property.default === undefined || property.default === null
            ? ''
            : String(property.default),
      },
    ];
  });
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
