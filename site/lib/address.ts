import type { z } from 'zod';

/**
 * The address of a state of a page, without what goes without saying.
 *
 * @param schema of the page's parameters, each with a default or optional
 */
export function addressOf<S extends z.ZodObject>(
  path: string,
  schema: S,
  parameters: z.output<S>,
): string {
  const usual = new Map(Object.entries(schema.parse({})));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined || String(value) === String(usual.get(name))) continue;
    search.set(name, String(value));
  }
  // Commas need no escape in a query, and addresses are read by people.
  const text = search.toString().replaceAll('%2C', ',');
  return text === '' ? path : `${path}?${text}`;
}
