import { hydrate, type ComponentChild } from 'preact';
import type { PageState } from '../../contract/pages.ts';
import { repeatEarlyInput } from './early-input.ts';

/**
 * The state that the server rendered the page from, read from the page. It is not checked again: page and script are
 * of one build, and the schema of all models would be built and run before the page can be used.
 *
 * @throws Error where the page is another one
 */
export function pageState<P extends PageState['page']>(
  page: P,
): Extract<PageState, { readonly page: P }> {
  const element = document.getElementById('state');
  const state = JSON.parse(element?.textContent ?? 'null') as PageState | null;
  if (!isPage(state, page)) throw new Error(`this is not the page ${page}`);
  return state;
}

const isPage = <P extends PageState['page']>(
  state: PageState | null,
  page: P,
): state is Extract<PageState, { readonly page: P }> => state?.page === page;

/** Hydrates the page that the server rendered. */
export function hydratePage(page: ComponentChild): void {
  const app = document.getElementById('app');
  if (!app) return;
  hydrate(page, app);
  repeatEarlyInput(app);
}
