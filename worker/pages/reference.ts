import { html, raw } from 'hono/html';
import { renderReference } from '../../site/server.js';
import { documentOf } from '../http/openapi-description.ts';
import { html as htmlResponse } from '../http/openapi-responses.ts';
import { publicUrl } from '../http/public-url.ts';
import { PAGE } from '../http/route-policy.ts';
import { defineRawRoute, type Route } from '../http/route.ts';
import { document } from './document.ts';
import { PAGE_TEXTS } from './page-texts.ts';
import { referenceTags } from './reference-operations.ts';
import { shareHead } from './share-head.ts';
import { filesOfPage } from './site-manifest.ts';

/** `/reference`: describes the routes of the app that it is part of. */
export const reference: Route = {
  method: 'GET',
  path: '/reference',
  policy: PAGE,
  register: (app, services) => {
    let body: string | undefined;
    // Generated once per isolate, as `/openapi.json` is.
    const render = () =>
      renderReference(referenceTags(JSON.parse(JSON.stringify(documentOf(app)))));
    defineRawRoute({
      contract: {
        method: 'get',
        path: '/reference',
        operationId: 'reference',
        tags: ['Pages'],
        summary: 'The API reference',
        responses: { 200: htmlResponse },
      },
      policy: PAGE,
      handler: () => (c) => c.html(page((body ??= render()), publicUrl(c.req)), 200),
    }).register(app, services);
  },
};

function page(body: string, base: URL) {
  const { title, description } = PAGE_TEXTS.reference;
  const { script, styles } = filesOfPage('reference');
  const url = new URL('/reference', base);
  const image = new URL('/preview/page.png?page=reference', base);
  return document({
    title,
    description,
    styles,
    head: html`${shareHead({ title, description, url, image, embeddable: false })}
      <script type="module" src="${script}"></script>`,
    body: raw(body),
  });
}
