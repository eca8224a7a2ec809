import type { PageState } from '../contract/site.ts';

/** A page as HTML, for the body. */
export function renderPage(state: PageState): string;
