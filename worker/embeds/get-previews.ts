import {
  PREVIEW_SIZE,
  previewPageSchema,
  previewSchemas,
  type EmbedKind,
} from '../../contract/embeds.ts';
import { previewText } from '../../plots/preview.ts';
import { predictScene } from '../evaluation/predict-scene.ts';
import { CACHE_CONTROL } from '../http/http-cache.ts';
import { png } from '../http/openapi-responses.ts';
import { RENDERED_FIGURE, type RoutePolicy } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { PAGE_TEXTS } from '../pages/page-texts.ts';
import { renderPng } from './png.ts';
import { drawComparison, drawMechanism, drawScene } from './preview-drawings.ts';
import { planScene } from './scene-embed.ts';

const contractOf = <K extends EmbedKind>(kind: K, operationId: string) => ({
  method: 'get' as const,
  path: `/preview/${kind}.png` as const,
  operationId,
  tags: ['Embeds'],
  summary: `Render the picture for links to /embed/${kind}`,
  description: `For Open Graph: up to ${PREVIEW_SIZE.width} by ${PREVIEW_SIZE.height} pixels.`,
  request: { query: previewSchemas[kind] },
  responses: { 200: png('The picture.') },
});

// Sites that show links cache pictures for longer than this.
const policy: RoutePolicy = { ...RENDERED_FIGURE, cache: 'hour' };

const PNG = { 'content-type': 'image/png' };

export const previewComparison = defineRoute({
  contract: contractOf('comparison', 'previewComparison'),
  policy,
  handler:
    ({ models }) =>
    async (c) => {
      const request = c.req.valid('query');
      const svg = await drawComparison(models, request, new URL(c.req.url).host);
      return c.body(await renderPng(svg, request.width), 200, PNG);
    },
});

export const previewScene = defineRoute({
  contract: contractOf('scene', 'previewScene'),
  policy,
  handler:
    ({ models, waitUntil }) =>
    async (c) => {
      const request = c.req.valid('query');
      const plan = await planScene(models, request);
      const { answers, complete } = await predictScene(models, plan.prediction, c, waitUntil);
      // A missing answer may be there next time.
      if (!complete) c.header('cache-control', CACHE_CONTROL['no-store']);
      const svg = drawScene(plan, request, answers, new URL(c.req.url).host);
      return c.body(await renderPng(svg, request.width), 200, PNG);
    },
});

export const previewMechanism = defineRoute({
  contract: contractOf('mechanism', 'previewMechanism'),
  policy,
  handler:
    ({ models }) =>
    async (c) => {
      const request = c.req.valid('query');
      const svg = await drawMechanism(models, request, new URL(c.req.url).host);
      return c.body(await renderPng(svg, request.width), 200, PNG);
    },
});

export const previewPage = defineRoute({
  contract: {
    method: 'get',
    path: '/preview/page.png',
    operationId: 'previewPage',
    tags: ['Embeds'],
    summary: 'Render the picture for links to a page without figures',
    description: `For Open Graph: up to ${PREVIEW_SIZE.width} by ${PREVIEW_SIZE.height} pixels.`,
    request: { query: previewPageSchema },
    responses: { 200: png('The picture.') },
  },
  policy,
  handler: () => async (c) => {
    const { page, theme, width } = c.req.valid('query');
    const { title, description } = PAGE_TEXTS[page];
    const { host } = new URL(c.req.url);
    const svg = previewText({ title, host, theme, locale: 'en' }, description);
    return c.body(await renderPng(svg, width), 200, PNG);
  },
});
