import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import {
  embedComparisonSchema,
  embedMechanismSchema,
  embedSceneSchema,
  type EmbedKind,
} from '../../contract/embeds.ts';
import type { Locale, Theme } from '../../contract/theme-locale.ts';
import { figureStyle } from '../../plots/style.ts';
import { predictScene } from '../evaluation/predict-scene.ts';
import { etagOf, matchesEtag } from '../http/http-cache.ts';
import { html, notModified } from '../http/openapi-responses.ts';
import { publicUrl } from '../http/public-url.ts';
import { EMBED } from '../http/route-policy.ts';
import { defineRawRoute, defineRoute } from '../http/route.ts';
import { addressOf } from '../../site/lib/address.ts';
import { accuracyEmbed } from './accuracy-embed.ts';
import { addressesOf, EMBEDS } from './addresses.ts';
import { embedDocument, type EmbedContent } from './embed-document.ts';
import { mechanismEmbed } from './mechanism-embed.ts';
import { planScene, sceneEmbed } from './scene-embed.ts';

const contractOf = <S extends z.ZodObject>(
  kind: EmbedKind,
  operationId: string,
  summary: string,
  query: S,
) => ({
  method: 'get' as const,
  path: EMBEDS[kind].path,
  operationId,
  tags: ['Embeds'],
  summary,
  description: 'A page for a frame on any site. It reports its height to the host page.',
  request: { query },
  responses: { 200: html, 304: notModified },
});

export const embedComparison = defineRoute({
  contract: contractOf(
    'comparison',
    'embedComparison',
    'Embed the accuracy of models',
    embedComparisonSchema,
  ),
  policy: EMBED,
  handler:
    ({ models }) =>
    async (c) => {
      const request = c.req.valid('query');
      return showEmbed(
        c,
        'comparison',
        embedComparisonSchema,
        request,
        await accuracyEmbed(models, request),
      );
    },
});

export const embedScene = defineRoute({
  contract: contractOf(
    'scene',
    'embedScene',
    'Embed a scene and the answers of models',
    embedSceneSchema,
  ),
  policy: { ...EMBED, cost: 'compute' },
  handler:
    ({ models, waitUntil }) =>
    async (c) => {
      const request = c.req.valid('query');
      const plan = await planScene(models, request);
      // Tagged before any model runs.
      const etag = await etagOf([plan.prediction.tag, publicUrl(c.req).href]);
      if (matchesEtag(etag, c.req.header('if-none-match'))) return c.body(null, 304, { etag });
      const { answers, complete, status } = await predictScene(
        models,
        plan.prediction,
        c,
        waitUntil,
      );
      if (complete) c.header('etag', etag);
      c.header('cache-status', status);
      return showEmbed(c, 'scene', embedSceneSchema, request, sceneEmbed(plan, answers));
    },
});

export const embedMechanism = defineRoute({
  contract: contractOf(
    'mechanism',
    'embedMechanism',
    'Embed the mechanisms of models',
    embedMechanismSchema,
  ),
  policy: EMBED,
  handler:
    ({ models }) =>
    async (c) => {
      const request = c.req.valid('query');
      return showEmbed(
        c,
        'mechanism',
        embedMechanismSchema,
        request,
        await mechanismEmbed(models, request),
      );
    },
});

const FIGURE_STYLE = figureStyle({
  any: ':root',
  light: ":root[data-theme='light']",
  dark: ":root[data-theme='dark']",
});

export const embedStyle = defineRawRoute({
  contract: {
    method: 'get',
    path: '/embed/figures.css',
    summary: 'The style of the figures in embeds',
    hide: true,
    responses: { 200: { description: 'The style sheet.' } },
  },
  policy: { ...EMBED, cache: 'hour' },
  handler: () => (c) => c.body(FIGURE_STYLE, 200, { 'content-type': 'text/css; charset=utf-8' }),
});

interface Appearance {
  readonly theme: Theme;
  readonly locale: Locale;
}

function showEmbed<S extends z.ZodObject>(
  c: Context,
  kind: EmbedKind,
  schema: S,
  request: z.output<S> & Appearance,
  content: EmbedContent,
) {
  const { theme, locale } = request;
  // Without the parameters of trackers.
  const url = new URL(addressOf(EMBEDS[kind].path, schema, request), publicUrl(c.req));
  return c.html(embedDocument({ ...content, ...addressesOf(kind, url), url, theme, locale }), 200);
}
