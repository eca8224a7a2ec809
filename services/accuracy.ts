import type { AccuracyRequest, AccuracyResponse } from '../contract/embeds.ts';
import { API_LIMITS } from '../contract/limits.ts';
import type { Evaluation, ModelCard } from '../contract/card.ts';
import type { Condition } from '../task/conditions.ts';
import { LIMITS } from '../task/spec.ts';
import type { Models } from './models.ts';
import { selectModels } from './selected-models.ts';
import { ServiceError } from './service-error.ts';
import { zip } from './zip.ts';

/**
 * The accuracy in the cards of some models, by default of the first that were measured.
 *
 * @throws ServiceError where a model is unknown, or was not measured under the condition
 */
export async function measuredAccuracy(
  models: Models,
  { models: references, modality, order }: AccuracyRequest,
): Promise<AccuracyResponse> {
  const condition = { modality, order };
  const all = await models.list();
  const selected = references
    ? await selectModels(models, references)
    : all
        .filter((card) => evaluationOf(card, condition))
        .slice(0, API_LIMITS.modelsInFigures)
        .map((card) => ({ reference: card.id, card }));
  const cards = selected.map(({ card }) => card);
  return {
    modality,
    order,
    inDistribution: LIMITS.inDistribution,
    models: zip(selected, displayIndices(cards, all)).map(([{ reference, card }, displayIndex]) => {
      const { byObjects, id, ood } = requireEvaluation(card, condition);
      const { seed } = card.evaluation;
      const { sha256: digest } = card.files.model;
      return { model: reference, displayIndex, digest, seed, byObjects, id, ood };
    }),
  };
}

/**
 * The index that decides the colour and marker of each model in figures: that of its id among the models
 * of the deployment. Of several versions of one model, the one in production gets this index, else the
 * first of them. The other versions, and models without one in production, get higher indices.
 *
 * @param all the models of the deployment, in display order
 * @returns one index for each card, all different
 */
export function displayIndices(cards: readonly ModelCard[], all: readonly ModelCard[]): number[] {
  const holders = all.map(({ id, files }) => {
    const versions = cards.filter((card) => card.id === id);
    return (
      versions.find(({ files: { model } }) => model.sha256 === files.model.sha256) ?? versions[0]
    );
  });
  let next = all.length;
  return cards.map((card, index) => {
    const holder = cards.indexOf(card) === index ? holders.indexOf(card) : -1;
    return holder >= 0 ? holder : next++;
  });
}

const evaluationOf = ({ evaluation }: ModelCard, { modality, order }: Condition) =>
  evaluation.results.find((result) => result.modality === modality && result.order === order);

/** @throws ServiceError that lists the conditions under which the model was measured */
export function requireEvaluation(card: ModelCard, condition: Condition): Evaluation {
  const found = evaluationOf(card, condition);
  if (found) return found;
  const measured = card.evaluation.results.map(({ modality, order }) => `${modality}/${order}`);
  throw new ServiceError(
    'incompatible-model',
    `model "${card.id}" was not measured with modality "${condition.modality}" and order ` +
      `"${condition.order}", only with: ${measured.join(', ') || 'nothing'}`,
  );
}
