import type { Context } from 'hono';
import { html, raw } from 'hono/html';
import { modelFacts, servedModalities, totalBudget, type ModelCard } from '../../contract/card.ts';
import { siteModelSchema, type PageState, type SiteModel } from '../../contract/pages.ts';
import { renderPage } from '../../site/server.js';
import { shareHead, type Shared } from '../embeds/share-head.ts';
import type { Models } from '../../services/models.ts';
import { SITE_POLICY } from '../middleware/security-headers.ts';
import { SITE } from './site-manifest.ts';
import { document } from './document.ts';

export interface SitePage {
  readonly title: string;
  readonly description: string;
  /** What links to this state show; unless it says more, the page's own words and a picture of all models. */
  readonly shared?: Partial<Omit<Shared, 'url'>>;
  readonly state: PageState;
}

/** Answers with a page of `site/`: rendered here first, then taken over by its script. */
export function showSitePage(c: Context, page: SitePage) {
  c.header('content-security-policy', SITE_POLICY);
  return c.html(sitePage(page, new URL(c.req.url)), 200);
}

function sitePage({ title, description, shared, state }: SitePage, url: URL) {
  const image = new URL('/preview/comparison.png', url);
  const { script, imports, styles } = SITE.pages[state.page];
  return document({
    title,
    description,
    head: html`${shareHead({ url, title, description, image, embeddable: false, ...shared })}
      ${styles.map((file) => html`<link rel="stylesheet" href="${file}" />`)}
      ${SITE.fonts.map(
        (file) =>
          html`<link rel="preload" href="${file}" as="font" type="font/woff2" crossorigin />`,
      )}
      ${imports.map((file) => html`<link rel="modulepreload" href="${file}" />`)}
      <script type="module" src="${script}"></script>`,
    body: html`<div id="app">${raw(renderPage(state))}</div>
      <script type="application/json" id="state">
        ${raw(inScript(state))}
      </script>`,
  });
}

/** JSON in which nothing can end the element that it stands in. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/**
 * What pages tell of a model: of what it was measured on, what all of them were.
 *
 * @param name what the page calls it
 */
export const siteModel = (card: ModelCard, name: string): SiteModel => {
  const results = card.evaluation.results.filter(
    ({ modality, order }) => modality === 'text' && order === 'context',
  );
  return siteModelSchema.parse({
    ...card,
    ...modelFacts(card),
    regime: card.kind === 'trained' ? card.recipe.regime : null,
    preset: card.kind === 'trained' ? card.recipe.preset : null,
    encoder: card.kind === 'trained' ? (card.recipe.encoder?.name ?? null) : null,
    id: name,
    modalities: servedModalities(card),
    steps: card.kind === 'trained' ? totalBudget(card.training).steps : null,
    evaluation: { ...card.evaluation, results },
  });
};

/**
 * The models of the deployment, as pages tell of them; behind them those that a page's address names
 * otherwise than by a bare id, called as it calls them.
 *
 * @throws ServiceError where there is no model that is named so
 */
export async function siteModels(
  models: Models,
  named: readonly string[] = [],
): Promise<SiteModel[]> {
  const all = (await models.list()).map((card) => siteModel(card, card.id));
  const others = named.filter((reference) => !all.some(({ id }) => id === reference));
  const versions = others.map(async (reference) =>
    siteModel(await models.card(reference), reference),
  );
  return [...all, ...(await Promise.all(versions))];
}
