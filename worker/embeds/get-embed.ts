import { createRoute, type z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import {
  embedComparisonSchema,
  embedMechanismSchema,
  embedSceneSchema,
  type EmbedKind,
} from '../../contract/embeds.ts';
import type { Locale, Theme } from '../../contract/theme-locale.ts';
import { figureStyle } from '../../plots/style.ts';
import { addressesOf, EMBEDS } from './addresses.ts';
import { comparisonEmbed } from './comparison.ts';
import { embedDocument, type EmbedContent } from './document.ts';
import { mechanismEmbed } from './mechanism.ts';
import { planScene, sceneEmbed } from './scene.ts';
import { predictScene } from '../pages/predict-scene.ts';
import { page, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';
import { matchesEtag, etagOf } from '../http/http-cache.ts';

const pageOf = <S extends z.ZodObject>(kind: EmbedKind, summary: string, query: S) =>
  createRoute({
    method: 'get',
    path: EMBEDS[kind].path,
    operationId: `embed${kind[0].toUpperCase()}${kind.slice(1)}`,
    tags: ['Embeds'],
    summary,
    description: 'A page for a frame on any site, which tells its host how high it is.',
    request: { query },
    responses: {
      200: page,
      304: { description: 'The client has it already.' },
      ...problems,
    },
  });

const comparisonRoute = pageOf('comparison', 'Accuracy of models, to embed', embedComparisonSchema);
const sceneRoute = pageOf('scene', 'A scene and what models answer, to embed', embedSceneSchema);
const mechanismRoute = pageOf('mechanism', 'Mechanisms of models, to embed', embedMechanismSchema);

/** The only pages that other sites may frame. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";

const FIGURES = figureStyle({
  any: ':root',
  light: ":root[data-theme='light']",
  dark: ":root[data-theme='dark']",
});

export const embed: Route = (app, { models, waitUntil }) => {
  app.openapi(comparisonRoute, async (c) => {
    const content = await comparisonEmbed(models, c.req.valid('query'));
    return show(c, 'comparison', c.req.valid('query'), content);
  });
  app.openapi(sceneRoute, async (c) => {
    const request = c.req.valid('query');
    const plan = await planScene(models, request);
    // Told apart without asking anyone.
    const etag = await etagOf([plan.round.tag, c.req.url]);
    if (matchesEtag(etag, c.req.header('if-none-match'))) {
      return c.body(null, 304, { etag, 'content-security-policy': POLICY });
    }
    const { answers, complete, status } = await predictScene(models, plan.round, c, waitUntil);
    if (complete) c.header('etag', etag);
    c.header('cache-status', status);
    return show(c, 'scene', request, sceneEmbed(plan, answers));
  });
  app.openapi(mechanismRoute, async (c) => {
    const content = await mechanismEmbed(models, c.req.valid('query'));
    return show(c, 'mechanism', c.req.valid('query'), content);
  });
  app.get('/embed/figures.css', (c) =>
    c.body(FIGURES, 200, {
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'public, max-age=3600',
    }),
  );
};

interface Looks {
  readonly theme: Theme;
  readonly locale: Locale;
}

function show(c: Context, kind: EmbedKind, { theme, locale }: Looks, content: EmbedContent) {
  const url = new URL(c.req.url);
  const { image, back } = addressesOf(kind, url);
  c.header('content-security-policy', POLICY);
  return c.html(embedDocument({ ...content, url, image, back, theme, locale }), 200);
}
