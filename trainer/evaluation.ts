import type { Evaluation, ModelCard } from '../contract/card.ts';
import { answerQueries, queryPlaces, type ModelRunner } from '../inference/evaluate.ts';
import { proportion } from '../inference/statistics.ts';
import { LIMITS, parseSpec } from '../task/spec.ts';
import { conditionsOf } from './conditions.ts';

/** Object counts that a card reports: all in distribution, and seven out of it. */
export const CARD_OBJECTS = [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 24, 32] as const;

/** Natively, more scenes side by side are faster. */
const SCENES_PER_RUN = 32;

/** The seed of the card's test queries; models are compared on the same ones. */
export const CARD_SEED = 0;

/**
 * What a card says of accuracy: by modality, association order and number of objects. Each query has
 * a scene of its own, so that the answers are independent as their intervals assume.
 *
 * @param queries per object count
 * @param onProgress called with the share done, 0 to 1
 */
export async function evaluateForCard(
  model: ModelRunner,
  { modalities, recipe }: Pick<ModelCard, 'modalities' | 'recipe'>,
  queries: number,
  onProgress: (done: number) => void = () => undefined,
): Promise<ModelCard['evaluation']> {
  const conditions = conditionsOf(modalities);
  const results: Evaluation[] = [];
  let done = 0;
  for (const { modality, order } of conditions) {
    const byObjects: Evaluation['byObjects'] = [];
    for (const objects of CARD_OBJECTS) {
      const { vocabulary, grid } = recipe;
      const spec = parseSpec({ split: 'test', modality, order, objects, vocabulary, grid });
      const places = queryPlaces(objects, queries, 1);
      const outcomes = await answerQueries(model, spec, CARD_SEED, places, SCENES_PER_RUN);
      const right = outcomes.filter((outcome) => outcome.right).length;
      byObjects.push({ objects, ...proportion(right, outcomes.length) });
      onProgress(++done / (conditions.length * CARD_OBJECTS.length));
    }
    results.push({
      modality,
      order,
      byObjects,
      id: pooled(byObjects.filter(({ objects }) => objects <= LIMITS.inDistribution)),
      ood: pooled(byObjects.filter(({ objects }) => objects > LIMITS.inDistribution)),
    });
  }
  return { split: 'test', seed: CARD_SEED, queriesPerCount: queries, results };
}

/** Every object count has as many queries, so the pooled share is the mean over counts. */
function pooled(points: Evaluation['byObjects']) {
  const sum = (pick: (point: Evaluation['byObjects'][number]) => number) =>
    points.reduce((total, point) => total + pick(point), 0);
  return proportion(
    sum((point) => point.right),
    sum((point) => point.count),
  );
}
