import { createRoute } from '@hono/zod-openapi';
import { modelListSchema, type ModelSummary } from '../../contract/models.ts';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import { modelFacts, servedModalities, type ModelCard } from '../../contract/card.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/models',
  operationId: 'listModels',
  tags: ['Models'],
  summary: 'All models',
  request: { query: noParametersSchema },
  responses: {
    200: json('The models, in the order in which they are shown.', modelListSchema),
    ...problems,
  },
});

export const listModels: Route = (app, { models }) =>
  app.openapi(route, async (c) => {
    const cards = await models.list();
    return c.json({ models: cards.map(summaryOf) }, 200);
  });

function summaryOf(card: ModelCard): ModelSummary {
  const { id, parameters, evaluation, files } = card;
  const self = `/v1/models/${id}`;
  const names = [files.model, files.encoder].flatMap((file) => (file ? [file.name] : []));
  return {
    id,
    kind: card.kind,
    regime: card.kind === 'trained' ? card.recipe.regime : null,
    description: modelFacts(card).description,
    modalities: [...servedModalities(card)],
    parameters,
    accuracy: evaluation.results.map(({ modality, order, id: inside, ood }) => ({
      modality,
      order,
      id: inside,
      ood,
    })),
    links: { self, files: names.map((name) => `${self}/files/${name}`) },
  };
}
