import type { z } from 'zod';

/** What the server rendered the page from, which it leaves in the page for its script. */
export function pageState<T extends z.ZodType>(schema: T): z.output<T> {
  const element = document.getElementById('state');
  return schema.parse(JSON.parse(element?.textContent ?? 'null'));
}
