import type { ModelCard } from '../../contract/card.ts';
import { modelFacts, servedModalities } from '../../contract/model-facts.ts';
import { modelListSchema, type ModelSummary } from '../../contract/models.ts';
import { hasHuggingFaceArchive } from '../../services/huggingface-archive.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const listModels = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/models',
    operationId: 'listModels',
    tags: ['Models'],
    summary: 'List all models',
    responses: { 200: json('The models, in display order.', modelListSchema) },
  },
  policy: READ,
  handler:
    ({ models }) =>
    async (c) =>
      c.json(
        { models: (await models.list()).map((card) => summaryOf(card, models.signer(card))) },
        200,
      ),
});

function summaryOf(card: ModelCard, signedBy: string | null): ModelSummary {
  const { id, kind, parameters, evaluation, files } = card;
  const self = `/v1/models/${id}`;
  const names = [files.model, files.encoder].flatMap((file) => (file ? [file.name] : []));
  return {
    id,
    kind,
    regime: kind === 'trained' ? card.recipe.regime : null,
    description: modelFacts(card).description,
    modalities: [...servedModalities(card)],
    signedBy,
    parameters,
    accuracy: evaluation.results.map(({ modality, order, id: inDistribution, ood }) => ({
      modality,
      order,
      id: inDistribution,
      ood,
    })),
    links: {
      self,
      files: names.map((name) => `${self}/files/${name}`),
      huggingface: hasHuggingFaceArchive(card) ? `${self}/huggingface.zip` : null,
    },
  };
}
