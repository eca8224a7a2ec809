import { hydrate, type ComponentChild } from 'preact';
import type { z } from 'zod';

/** What the server rendered the page from, which it leaves in the page for its script. */
export function pageState<T extends z.ZodType>(schema: T): z.output<T> {
  const element = document.getElementById('state');
  return schema.parse(JSON.parse(element?.textContent ?? 'null'));
}

/** Brings what the server rendered to life. */
export function hydratePage(page: ComponentChild): void {
  const app = document.getElementById('app');
  if (app) hydrate(page, app);
}
