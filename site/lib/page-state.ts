import { hydrate, type ComponentChild } from 'preact';
import type { z } from 'zod';
import { repeatEarlyInput } from './early-input.ts';

/** The state that the server rendered the page from, read from the page. */
export function pageState<T extends z.ZodType>(schema: T): z.output<T> {
  const element = document.getElementById('state');
  return schema.parse(JSON.parse(element?.textContent ?? 'null'));
}

/** Hydrates the page that the server rendered. */
export function hydratePage(page: ComponentChild): void {
  const app = document.getElementById('app');
  if (!app) return;
  hydrate(page, app);
  repeatEarlyInput(app);
}
