/** The parts of JSON Schema that our schema has. */
interface Schema {
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Record<string, Schema>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
}

/** Every key of the configuration in a table, out of its JSON Schema. */
export function referenceTable(schema: object): string {
  const rows = rowsOf(schema, '');
  return ['| key | value | default | |', '|---|---|---|---|', ...rows].join('\n');
}

function rowsOf({ properties = {}, required = [] }: Schema, parent: string): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const key = `${parent}${name}`;
    const nested = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : null;
    if (nested?.properties) return rowsOf(nested, `${key}.NAME.`);
    if (
      schema.properties &&
      !required.includes(name) &&
      !schema.anyOf &&
      schema.additionalProperties === false
    ) {
      return rowsOf(schema, `${key}.`);
    }
    const given = required.includes(name)
      ? 'required'
      : schema.default === undefined
        ? ''
        : code(schema.default);
    return [`| \`${key}\` | ${kindOf(schema)} | ${given} | ${schema.description ?? ''} |`];
  });
}

function kindOf({ type, enum: values, anyOf, items }: Schema): string {
  if (values) return values.map(code).join(', ');
  if (anyOf) return [...new Set(anyOf.map(kindOf))].join(' or ');
  if (type === 'array') return `list of ${kindOf(items ?? {})}`;
  const types = typeof type === 'string' ? [type] : (type ?? []);
  return types
    .map(
      (each) =>
        ({ integer: 'number', object: 'mapping', boolean: 'true, false', string: 'text' })[each] ?? each,
    )
    .join(' or ');
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
