/** A JSON schema, as OpenAPI documents have them. */
export type JsonSchema = Readonly<Record<string, unknown>>;

type Schemas = Readonly<Record<string, JsonSchema>>;

/** Named schemas are written out at most so deep, as they may contain themselves. */
const MAX_DEPTH = 6;

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A JSON schema as a TypeScript type, with descriptions as comments.
 *
 * @param named the schemas that `$ref` refers to
 */
export function schemaType(schema: JsonSchema, named: Schemas, indent = '', depth = 0): string {
  const inner = (part: unknown, further = indent) =>
    isSchema(part) ? schemaType(part, named, further, depth + 1) : 'unknown';
  const { $ref: reference, type, enum: values, const: constant } = schema;
  if (typeof reference === 'string') {
    const name = reference.split('/').at(-1) ?? '';
    const target = named[name];
    return target && depth < MAX_DEPTH ? inner(target) : name;
  }
  if (constant !== undefined) return JSON.stringify(constant);
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ');
  for (const union of [schema['anyOf'], schema['oneOf']]) {
    if (Array.isArray(union)) return unique(union.map((part) => inner(part))).join(' | ');
  }
  if (Array.isArray(schema['allOf'])) return schema['allOf'].map((part) => inner(part)).join(' & ');
  if (Array.isArray(type)) {
    return unique(type.map((one) => inner({ ...schema, type: one as unknown }))).join(' | ');
  }
  if (type === 'array') return arrayType(schema, inner);
  if (isSchema(schema['properties'])) return objectType(schema, indent, inner);
  if (isSchema(schema['additionalProperties'])) {
    return `{ [name: string]: ${inner(schema['additionalProperties'])} }`;
  }
  if (type === 'integer') return 'integer';
  return typeof type === 'string' ? type : 'unknown';
}

type Inner = (part: unknown, indent?: string) => string;

function arrayType({ items, minItems, maxItems }: JsonSchema, inner: Inner): string {
  const element = inner(items);
  if (typeof minItems === 'number' && minItems === maxItems && minItems <= 4) {
    return `[${Array<string>(minItems).fill(element).join(', ')}]`;
  }
  return /^[\w"]+$/.test(element) || element.startsWith('{') ? `${element}[]` : `(${element})[]`;
}

function objectType({ properties, required }: JsonSchema, indent: string, inner: Inner): string {
  const needed: unknown[] = Array.isArray(required) ? required : [];
  const further = `${indent}  `;
  const lines = Object.entries(properties as JsonSchema).map(([name, part]) => {
    const description = isSchema(part) ? part['description'] : undefined;
    const comment = typeof description === 'string' ? `${further}// ${description}\n` : '';
    const mark = needed.includes(name) ? '' : '?';
    return `${comment}${further}${name}${mark}: ${inner(part, further)};`;
  });
  return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${indent}}`;
}

const unique = (parts: readonly string[]): string[] => [...new Set(parts)];
