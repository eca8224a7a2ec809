import { renderToString } from 'preact-render-to-string';
import type { PageState } from '../contract/site.ts';
import { RoundPage } from './round/page.tsx';

/** A page as HTML, for the body. */
export function renderPage(state: PageState): string {
  return renderToString(<RoundPage {...state} />);
}
