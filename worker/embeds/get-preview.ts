import { createRoute, z } from '@hono/zod-openapi';
import { PREVIEW_SIZE, previewSchemas, type EmbedKind } from '../../contract/embeds.ts';
import { planScene } from './scene.ts';
import { predictScene } from '../pages/predict-scene.ts';
import { drawComparison, drawMechanism, drawScene } from './preview-drawings.ts';
import { renderPng } from './png.ts';
import { problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const pictureOf = <K extends EmbedKind>(kind: K) =>
  createRoute({
    method: 'get',
    path: `/preview/${kind}.png`,
    operationId: `preview${kind[0].toUpperCase()}${kind.slice(1)}`,
    tags: ['Embeds'],
    summary: `The picture of a link to /embed/${kind}`,
    description: `For Open Graph: ${PREVIEW_SIZE.width} by ${PREVIEW_SIZE.height} pixels, or less.`,
    request: { query: previewSchemas[kind] },
    responses: {
      200: {
        description: 'The picture.',
        content: { 'image/png': { schema: z.string().meta({ format: 'binary' }) } },
      },
      ...problems,
    },
  });

const HEADERS = {
  'content-type': 'image/png',
  // Sites that show links keep pictures much longer anyway.
  'cache-control': 'public, max-age=3600',
};

export const preview: Route = (app, { models, waitUntil }) => {
  app.openapi(pictureOf('comparison'), async (c) => {
    const request = c.req.valid('query');
    const svg = await drawComparison(models, request, new URL(c.req.url).host);
    return c.body(await renderPng(svg, request.width), 200, HEADERS);
  });
  app.openapi(pictureOf('scene'), async (c) => {
    const request = c.req.valid('query');
    const plan = await planScene(models, request);
    const { answers, complete } = await predictScene(models, plan.round, c, waitUntil);
    const svg = drawScene(plan, request, answers, new URL(c.req.url).host);
    const headers = complete ? HEADERS : { ...HEADERS, 'cache-control': 'no-store' };
    return c.body(await renderPng(svg, request.width), 200, headers);
  });
  app.openapi(pictureOf('mechanism'), async (c) => {
    const request = c.req.valid('query');
    const svg = await drawMechanism(models, request, new URL(c.req.url).host);
    return c.body(await renderPng(svg, request.width), 200, HEADERS);
  });
};
