import { z } from '@hono/zod-openapi';
import { PROBLEM_KINDS, problemType } from '../../contract/problems.ts';
import { colourIn } from '../../plots/palette.ts';
import { publicUrl } from '../http/public-url.ts';
import { DOCUMENT } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

/** What search engines and phones read about the site. */

const file = (description: string, type: string) => ({
  description,
  content: { [type]: { schema: z.string() } },
});

/** Requests that run models for long are not for search engines. */
const NOT_CRAWLED = ['/v1/compare', '/v1/runs', '/v2/'];

export const robots = defineRoute({
  contract: {
    method: 'get',
    path: '/robots.txt',
    operationId: 'robots',
    tags: ['Pages'],
    summary: 'What search engines may read',
    hide: true,
    responses: { 200: file('The rules.', 'text/plain') },
  },
  policy: { ...DOCUMENT, cache: 'hour' },
  handler: () => (c) => {
    const lines = [
      'User-agent: *',
      ...NOT_CRAWLED.map((path) => `Disallow: ${path}`),
      `Sitemap: ${new URL('/sitemap.xml', publicUrl(c.req)).href}`,
    ];
    return c.text(`${lines.join('\n')}\n`, 200);
  },
});

/** Pages that are there whatever models the deployment has. */
const FIXED_PAGES = [
  '/',
  '/build',
  '/mechanism',
  '/in-browser',
  '/models',
  '/pretrained',
  '/reference',
  '/status',
];

export const sitemap = defineRoute({
  contract: {
    method: 'get',
    path: '/sitemap.xml',
    operationId: 'sitemap',
    tags: ['Pages'],
    summary: 'All pages, for search engines',
    hide: true,
    responses: { 200: file('The pages.', 'application/xml') },
  },
  policy: { ...DOCUMENT, cache: 'hour' },
  handler:
    ({ models }) =>
    async (c) => {
      const base = publicUrl(c.req);
      const paths = [
        ...FIXED_PAGES,
        ...(await models.list()).map(({ id }) => `/models/${id}`),
        '/problems',
        ...PROBLEM_KINDS.map(problemType),
      ];
      const urls = paths.map((path) => `<url><loc>${new URL(path, base).href}</loc></url>`);
      const xml =
        '<?xml version="1.0" encoding="UTF-8"?>\n' +
        `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls.join('\n')}\n</urlset>\n`;
      return c.body(xml, 200, { 'content-type': 'application/xml; charset=utf-8' });
    },
});

export const webManifest = defineRoute({
  contract: {
    method: 'get',
    path: '/site.webmanifest',
    operationId: 'webManifest',
    tags: ['Pages'],
    summary: 'Name and icons of the site, for phones',
    hide: true,
    responses: { 200: file('The manifest.', 'application/manifest+json') },
  },
  policy: { ...DOCUMENT, cache: 'hour' },
  handler: () => (c) => {
    const manifest = {
      name: 'bindscope',
      description: 'Ask transformers which item goes with which shape, and see how they find out.',
      start_url: '/',
      display: 'browser',
      background_color: colourIn('light', 'background'),
      theme_color: colourIn('light', 'background'),
      icons: [
        { src: '/favicon.svg', sizes: 'any', type: 'image/svg+xml' },
        ...[192, 512].map((size) => ({
          src: `/icons/${size}.png`,
          sizes: `${size}x${size}`,
          type: 'image/png',
          purpose: 'any maskable',
        })),
      ],
    };
    return c.body(JSON.stringify(manifest), 200, { 'content-type': 'application/manifest+json' });
  },
});
