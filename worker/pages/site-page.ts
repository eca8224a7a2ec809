import type { Context } from 'hono';
import { html, raw } from 'hono/html';
import type { PageState } from '../../contract/pages.ts';
import { renderPage } from '../../site/server.js';
import { publicUrl } from '../http/public-url.ts';
import { document } from './document.ts';
import { shareHead, type Shared } from './share-head.ts';
import { filesOfPage } from './site-manifest.ts';

export interface SitePage {
  readonly title: string;
  readonly description: string;
  /** Path and query of this state of the page, without parameters that it does not know. */
  readonly address: string;
  /** What links to this state of the page show; by default its title, and the picture of all models. */
  readonly shared?: Partial<Omit<Shared, 'url'>>;
  readonly state: PageState;
}

/** Answers with a page of `site/`, rendered on the server; its script then takes over. */
export function showSitePage(c: Context, page: SitePage) {
  return c.html(sitePage(page, new URL(page.address, publicUrl(c.req))), 200);
}

function sitePage({ title, description, shared, state }: Omit<SitePage, 'address'>, url: URL) {
  const image = new URL('/preview/comparison.png', url);
  const { script, imports, styles } = filesOfPage(state.page);
  return document({
    title,
    description,
    styles,
    head: html`${shareHead({ url, title, description, image, embeddable: false, ...shared })}
      ${imports.map((file) => html`<link rel="modulepreload" href="${file}" />`)}
      <script type="module" src="${script}"></script>`,
    body: html`<div id="app">${raw(renderPage(state))}</div>
      <script type="application/json" id="state">
        ${raw(jsonInScript(state))}
      </script>`,
  });
}

/** JSON that cannot end the script element that contains it. */
const jsonInScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
