import { DOCUMENT } from '../http/route-policy.ts';
import { defineRawRoute, type Route } from '../http/route.ts';

/** Former addresses of pages, with the present ones. */
export const REDIRECTS: Readonly<Record<string, string>> = {
  '/inside': '/mechanism',
  '/here': '/in-browser',
};

/** Redirects that keep the query string. */
export const redirects: readonly Route[] = Object.entries(REDIRECTS).map(([from, to]) =>
  defineRawRoute({
    contract: {
      method: 'get',
      path: from,
      summary: `Redirects to ${to}`,
      hide: true,
      responses: { 308: { description: 'The page has moved.' } },
    },
    policy: { ...DOCUMENT, cache: 'hour' },
    handler: () => (c) => c.redirect(`${to}${new URL(c.req.url).search}`, 308),
  }),
);
