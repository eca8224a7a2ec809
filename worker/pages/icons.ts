import { z } from '@hono/zod-openapi';
import { iconPathSchema } from '../../contract/pages.ts';
import { drawIcon, drawIconTile } from '../../plots/icon.ts';
import { renderPng } from '../embeds/png.ts';
import { png, svg } from '../http/openapi-responses.ts';
import { FIGURE, RENDERED_FIGURE } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

/** Icons of the site, which browsers and phones ask for. */

export const icon = defineRoute({
  contract: {
    method: 'get',
    path: '/favicon.svg',
    operationId: 'icon',
    tags: ['Pages'],
    summary: 'The icon of the site',
    hide: true,
    responses: { 200: svg('The icon.') },
  },
  policy: { ...FIGURE, cache: 'hour' },
  handler: () => (c) => c.body(drawIcon(), 200, { 'content-type': 'image/svg+xml' }),
});

export const iconInPixels = defineRoute({
  contract: {
    method: 'get',
    path: '/icons/{size}.png',
    operationId: 'iconInPixels',
    tags: ['Pages'],
    summary: 'The icon of the site in pixels',
    hide: true,
    request: { params: iconPathSchema },
    responses: { 200: png('The icon.') },
  },
  routingPath: '/icons/:size{\\d+\\.png}',
  policy: { ...RENDERED_FIGURE, cache: 'hour' },
  handler: () => async (c) => {
    const pixels = await renderPng(drawIconTile(), c.req.valid('param').size);
    return c.body(pixels, 200, { 'content-type': 'image/png' });
  },
});

const ICO_SIZE = 32;

export const legacyIcon = defineRoute({
  contract: {
    method: 'get',
    path: '/favicon.ico',
    operationId: 'legacyIcon',
    tags: ['Pages'],
    summary: 'The icon of the site for programs that read no SVG',
    hide: true,
    responses: {
      200: { description: 'The icon.', content: { 'image/x-icon': { schema: z.string() } } },
    },
  },
  policy: { ...RENDERED_FIGURE, cache: 'hour' },
  handler: () => async (c) =>
    c.body(icoOf(await renderPng(drawIconTile(), ICO_SIZE)), 200, {
      'content-type': 'image/x-icon',
    }),
});

/** An ICO file with one picture as PNG: a header of 6 bytes, an entry of 16, then the picture. */
function icoOf(picture: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(22 + picture.length);
  const view = new DataView(file.buffer);
  const [type, count, planes, bits] = [1, 1, 1, 32];
  view.setUint16(2, type, true);
  view.setUint16(4, count, true);
  file.set([ICO_SIZE, ICO_SIZE], 6);
  view.setUint16(10, planes, true);
  view.setUint16(12, bits, true);
  view.setUint32(14, picture.length, true);
  view.setUint32(18, 22, true);
  file.set(picture, 22);
  return file;
}
