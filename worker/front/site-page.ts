import { html, raw } from 'hono/html';
import { servedModalities, totalBudget, type ModelCard } from '../../contract/card.ts';
import { siteModelSchema, type PageState, type SiteModel } from '../../contract/site.ts';
import { renderPage } from '../../site/server.js';
import { shareHead, type Shared } from '../embed/share-head.ts';
import { SITE } from '../site-manifest.ts';
import { document } from './document.ts';

export interface SitePage {
  readonly title: string;
  readonly description: string;
  /** What links to this state show; title and description are the page's own unless it says more. */
  readonly shared: Omit<Shared, 'title' | 'description'> & Partial<Shared>;
  readonly state: PageState;
}

/** A page of `site/`: rendered here first, then taken over by its script. */
export function sitePage({ title, description, shared, state }: SitePage) {
  const { script, imports, styles } = SITE.pages[state.page];
  return document({
    title,
    description,
    head: html`${shareHead({ title, description, ...shared })}
      ${styles.map((url) => html`<link rel="stylesheet" href="${url}" />`)}
      ${SITE.fonts.map(
        (url) => html`<link rel="preload" href="${url}" as="font" type="font/woff2" crossorigin />`,
      )}
      ${imports.map((url) => html`<link rel="modulepreload" href="${url}" />`)}
      <script type="module" src="${script}"></script>`,
    body: html`<div id="app">${raw(renderPage(state))}</div>
      <script type="application/json" id="state">
        ${raw(inScript(state))}
      </script>`,
  });
}

/** JSON in which nothing can end the element that it stands in. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/** What pages tell of a model: of what it was measured on, what all of them were. */
export const siteModel = (card: ModelCard): SiteModel => {
  const results = card.evaluation.results.filter(
    ({ modality, order }) => modality === 'text' && order === 'context',
  );
  return siteModelSchema.parse({
    ...card,
    modalities: servedModalities(card),
    steps: totalBudget(card.training).steps,
    evaluation: { ...card.evaluation, results },
  });
};
