import type { AccuracyRequest, AccuracyResponse, Condition } from '../contract/embeds.ts';
import { API_LIMITS } from '../contract/api.ts';
import type { Evaluation, ModelCard } from '../contract/card.ts';
import { LIMITS } from '../task/spec.ts';
import type { Models } from './models.ts';
import { Problem } from './problem.ts';

/**
 * What the cards say of accuracy, model by model.
 *
 * @throws Problem where a model is unknown, or was not measured so
 */
export async function measuredAccuracy(
  models: Models,
  { models: ids, modality, order }: AccuracyRequest,
): Promise<AccuracyResponse> {
  const condition = { modality, order };
  const all = await models.list();
  const cards = ids
    ? await Promise.all(ids.map((id) => models.card(id)))
    : all.filter((card) => evaluationOf(card, condition)).slice(0, API_LIMITS.modelsPerRequest);
  return {
    modality,
    order,
    inDistribution: LIMITS.inDistribution,
    models: cards.map((card) => {
      const { byObjects, id, ood } = requireEvaluation(card, condition);
      const { seed } = card.evaluation;
      const { sha256: digest } = card.files.model;
      const place = all.indexOf(card);
      return { model: card.id, place, digest, seed, byObjects, id, ood };
    }),
  };
}

const evaluationOf = ({ evaluation }: ModelCard, { modality, order }: Condition) =>
  evaluation.results.find((result) => result.modality === modality && result.order === order);

/** @throws Problem that says what the model was measured on */
export function requireEvaluation(card: ModelCard, condition: Condition): Evaluation {
  const found = evaluationOf(card, condition);
  if (found) return found;
  const measured = card.evaluation.results.map(({ modality, order }) => `${modality}, ${order}`);
  throw new Problem(
    'unsuitable-model',
    `model "${card.id}" was not measured on ${condition.modality} with associations in order ` +
      `"${condition.order}", only on: ${measured.join('; ') || 'nothing'}`,
  );
}
