import { raw } from 'hono/html';
import type { ModelCard } from '../../contract/card.ts';
import { parseModelReference } from '../../contract/model-reference.ts';
import { modelPathSchema } from '../../contract/models.ts';
import { describeAccuracy } from '../../plots/accuracy.ts';
import { displayIndices, measuredAccuracy } from '../../services/accuracy.ts';
import { hasHuggingFaceArchive } from '../../services/huggingface-archive.ts';
import type { Models } from '../../services/models.ts';
import type { Registry } from '../../services/registry/registry.ts';
import { ServiceError } from '../../services/service-error.ts';
import { renderModelList, renderModelPage } from '../../site/server.js';
import { html as htmlResponse } from '../http/openapi-responses.ts';
import { publicUrl } from '../http/public-url.ts';
import { DOCUMENT } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { document } from './document.ts';
import { shareHead } from './share-head.ts';
import { filesOfPage } from './site-manifest.ts';
import { siteModels } from './site-models.ts';

const STYLES = [...filesOfPage('style').styles, ...filesOfPage('models').styles];

export const modelListPage = defineRoute({
  contract: {
    method: 'get',
    path: '/models',
    operationId: 'modelListPage',
    tags: ['Pages'],
    summary: 'The page that lists all models',
    responses: { 200: htmlResponse },
  },
  policy: DOCUMENT,
  handler:
    ({ models }) =>
    async (c) => {
      const url = new URL('/models', publicUrl(c.req));
      const text = {
        title: 'Models',
        description: 'The models of this deployment, with their measured accuracy.',
      };
      const image = new URL('/preview/comparison.png', url);
      return c.html(
        document({
          ...text,
          styles: STYLES,
          head: shareHead({ ...text, url, image, embeddable: false }),
          body: raw(renderModelList(await siteModels(models))),
        }),
        200,
      );
    },
});

export const modelPage = defineRoute({
  contract: {
    method: 'get',
    path: '/models/{id}',
    operationId: 'modelPage',
    tags: ['Pages'],
    summary: 'The page of a model',
    description: 'Figures, training, mechanism, downloads, and code for embedding.',
    request: { params: modelPathSchema },
    responses: { 200: htmlResponse },
  },
  policy: DOCUMENT,
  handler:
    ({ models, registry }) =>
    async (c) => {
      const { id: reference } = c.req.valid('param');
      const url = new URL(`/models/${reference}`, publicUrl(c.req));
      const card = await models.card(reference);
      const [displayIndex = 0] = displayIndices([card], await models.list());
      const probes = await models.probes(card).catch(undefinedFor('probe-not-found'));
      const accuracy = await describeAccuracyOf(models, reference, card);
      const text = {
        title: reference,
        description: accuracy ?? 'A model of this deployment.',
      };
      const image = new URL(`/preview/comparison.png?models=${reference}`, url);
      const body = renderModelPage({
        reference,
        card,
        displayIndex,
        hasHuggingFaceArchive: hasHuggingFaceArchive(card),
        interchange: probes?.interchange ?? [],
        hasProbes: probes !== undefined,
        signedBy: models.signer(card),
        registered: await registeredModel(registry, reference),
        origin: url.origin,
      });
      return c.html(
        document({
          ...text,
          styles: STYLES,
          head: shareHead({ ...text, url, image, embeddable: accuracy !== undefined }),
          body: raw(body),
        }),
        200,
      );
    },
});

/** Its accuracy in one sentence; undefined where it was not measured on text. */
async function describeAccuracyOf(
  models: Models,
  reference: string,
  card: ModelCard,
): Promise<string | undefined> {
  const isMeasured = card.evaluation.results.some(
    ({ modality, order }) => modality === 'text' && order === 'context',
  );
  if (!isMeasured) return undefined;
  const condition = { modality: 'text', order: 'context' } as const;
  return describeAccuracy(
    await measuredAccuracy(models, { ...condition, models: [reference] }),
    'en',
  );
}

/** The page also answers where the registry does not. */
async function registeredModel(registry: Registry | undefined, reference: string) {
  return registry
    ?.model(parseModelReference(reference).id)
    .catch(undefinedFor('registry-unavailable'));
}

/** Turns one kind of error into undefined. */
const undefinedFor =
  (kind: ServiceError['kind']) =>
  (error: unknown): undefined => {
    if (!(error instanceof ServiceError) || error.kind !== kind) throw error;
  };
