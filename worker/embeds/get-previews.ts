import {
  PREVIEW_SIZE,
  previewPageSchema,
  previewSchemas,
  previewScoreSchema,
  type EmbedKind,
} from '../../contract/embeds.ts';
import { readScore } from '../../contract/score.ts';
import { previewScore as drawPreviewOfScore, previewText } from '../../plots/preview.ts';
import { selectModels } from '../../site/explorer/plan.ts';
import { predictScene } from '../evaluation/predict-scene.ts';
import { CACHE_CONTROL } from '../http/http-cache.ts';
import { png } from '../http/openapi-responses.ts';
import { RENDERED_FIGURE, type RoutePolicy } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { PAGE_TEXTS } from '../pages/page-texts.ts';
import { sharedScore } from '../pages/shared-score.ts';
import { siteModels } from '../pages/site-models.ts';
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

export const previewScore = defineRoute({
  contract: {
    method: 'get',
    path: '/preview/score.png',
    operationId: 'previewScore',
    tags: ['Embeds'],
    summary: "Render the picture for links to a visitor's score",
    description: `For Open Graph: up to ${PREVIEW_SIZE.width} by ${PREVIEW_SIZE.height} pixels.`,
    request: { query: previewScoreSchema },
    responses: { 200: png('The picture.') },
  },
  policy,
  handler:
    ({ models }) =>
    async (c) => {
      const { score: text, models: ids, theme, width } = c.req.valid('query');
      const score = readScore(text);
      // The schema took the text, so it is one.
      if (!score) throw new Error(`"${text}" is no score`);
      const all = await siteModels(models, ids);
      const asked = selectModels(all, ids);
      const shared = sharedScore(score, asked);
      const svg = drawPreviewOfScore(
        { title: shared.headline, host: new URL(c.req.url).host, theme, locale: 'en' },
        {
          asked: score.asked,
          visitor: score.visitor,
          models: shared.models.map((model, index) => {
            const known = asked[index];
            return { ...model, displayIndex: known ? all.indexOf(known) : null };
          }),
          claim: shared.claim,
        },
      );
      return c.body(await renderPng(svg, width), 200, PNG);
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
