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
  { models: references, modality, order }: AccuracyRequest,
): Promise<AccuracyResponse> {
  const condition = { modality, order };
  const all = await models.list();
  const asked = references
    ? await Promise.all(
        references.map(async (model) => ({ model, card: await models.card(model) })),
      )
    : all
        .filter((card) => evaluationOf(card, condition))
        .slice(0, API_LIMITS.modelsInFigures)
        .map((card) => ({ model: card.id, card }));
  const places = placesOf(
    asked.map(({ card }) => card),
    all,
  );
  return {
    modality,
    order,
    inDistribution: LIMITS.inDistribution,
    models: asked.map(({ model, card }, at) => {
      const { byObjects, id, ood } = requireEvaluation(card, condition);
      const { seed } = card.evaluation;
      const { sha256: digest } = card.files.model;
      return { model, place: places[at], digest, seed, byObjects, id, ood };
    }),
  };
}

/**
 * Which place each model has in figures: that of its id among the models of the deployment. Of several
 * versions of one model the one in production has it, else the first; the others, and models that have
 * none in production, stand behind all.
 *
 * @param all the models of the deployment, in their order
 * @returns no place twice
 */
export function placesOf(cards: readonly ModelCard[], all: readonly ModelCard[]): number[] {
  const holders = all.map(({ id, files }) => {
    const versions = cards.filter((card) => card.id === id);
    const inProduction = ({ files: { model } }: ModelCard) => model.sha256 === files.model.sha256;
    return cards.indexOf(versions.find(inProduction) ?? versions[0]);
  });
  let behind = all.length;
  return cards.map((_, at) => (holders.includes(at) ? holders.indexOf(at) : behind++));
}

const evaluationOf = ({ evaluation }: ModelCard, { modality, order }: Condition) =>
  evaluation.results.find((result) => result.modality === modality && result.order === order);

/** @throws Problem that says what the model was measured on */
export function requireEvaluation(card: ModelCard, condition: Condition): Evaluation {
  const found = evaluationOf(card, condition);
  if (found) return found;
  const measured = card.evaluation.results.map(({ modality, order }) => `${modality}, ${order}`);
  throw new Problem(
    'incompatible-model',
    `model "${card.id}" was not measured on ${condition.modality} with associations in order ` +
      `"${condition.order}", only on: ${measured.join('; ') || 'nothing'}`,
  );
}
