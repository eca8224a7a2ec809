import type { z } from 'zod';

/**
 * The address of a state of a page, without parameters that have their default.
 *
 * @param schema of the page's parameters, each with a default or optional
 */
export function addressOf<S extends z.ZodObject>(
  path: string,
  schema: S,
  parameters: z.output<S>,
): string {
  const defaults = new Map(Object.entries(schema.parse({})));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    // Pages have parameters that their embeds do not have.
    if (!(name in schema.shape)) continue;
    const text = textOf(value);
    if (text !== undefined && text !== textOf(defaults.get(name))) search.set(name, text);
  }
  // A comma needs no escape in a query, and people read addresses.
  const text = search.toString().replaceAll('%2C', ',');
  return text === '' ? path : `${path}?${text}`;
}

/** A parameter's text in an address; undefined for one that is not given. */
function textOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.length > 0 ? value.map(textOf).join(',') : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
