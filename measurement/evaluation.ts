import type { Evaluation, ModelCard } from '../contract/card.ts';
import type { Answers } from '../contract/answers.ts';
import { packBits } from '../contract/bitset.ts';
import { answerQueries, type QueryOutcome } from '../inference/answer-queries.ts';
import { listQueryIndices } from '../task/query-indices.ts';
import type { ModelRunner } from '../inference/model-runner.ts';
import { proportion } from '../statistics/intervals.ts';
import { generateScene, itemAtSamePosition } from '../task/scene.ts';
import { LIMITS, parseSpec, type QuerySpec } from '../task/spec.ts';
import { itemToken } from '../task/tokens.ts';
import { conditionsOf } from '../task/conditions.ts';

/** Object counts that a card reports: all in distribution, and seven out of it. */
export const CARD_OBJECTS = [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 24, 32] as const;

/** Natively, more scenes side by side are faster. */
const SCENES_PER_RUN = 32;

/** The seed of the card's test queries; models are compared on the same ones. */
export const CARD_SEED = 0;

/** What a card says of accuracy, and the answers one by one. */
export interface EvaluationResult {
  readonly evaluation: ModelCard['evaluation'];
  readonly answers: Omit<Answers, 'digest'>;
}

/**
 * Measures accuracy by modality, association order and number of objects. Each query has a scene of
 * its own, so that the answers are independent as their intervals assume.
 *
 * @param queries per object count
 * @param onProgress called with the share done, 0 to 1
 */
export async function evaluateForCard(
  model: ModelRunner,
  { modalities, recipe }: Pick<ModelCard, 'modalities' | 'recipe'>,
  queries: number,
  onProgress: (done: number) => void = () => undefined,
): Promise<EvaluationResult> {
  const conditions = conditionsOf(modalities);
  const { vocabulary, grid } = recipe;
  const results: Evaluation[] = [];
  const answers: Answers['results'] = [];
  let done = 0;
  for (const { modality, order } of conditions) {
    const byObjects: Evaluation['byObjects'] = [];
    const conflicts: Conflict[] = [];
    for (const objects of CARD_OBJECTS) {
      const spec = parseSpec({ split: 'test', modality, order, objects, vocabulary, grid });
      const places = listQueryIndices(objects, queries, 1);
      const outcomes = await answerQueries(model, spec, CARD_SEED, places, SCENES_PER_RUN);
      const right = outcomes.map((outcome) => outcome.correct);
      const count = right.length;
      byObjects.push({ objects, ...proportion(right.filter(Boolean).length, count) });
      answers.push({ modality, order, objects, count, correct: packBits(right) });
      if (modality === 'text' && order === 'shuffled' && objects <= LIMITS.inDistribution)
        conflicts.push(...outcomes.flatMap((outcome) => conflictOf(spec, outcome)));
      onProgress(++done / (conditions.length * CARD_OBJECTS.length));
    }
    const share = (kind: keyof Conflict) =>
      proportion(conflicts.filter((conflict) => conflict[kind]).length, conflicts.length);
    results.push({
      modality,
      order,
      byObjects,
      id: pooled(byObjects.filter(({ objects }) => objects <= LIMITS.inDistribution)),
      ood: pooled(byObjects.filter(({ objects }) => objects > LIMITS.inDistribution)),
      ...(conflicts.length > 0 && {
        conflict: { positional: share('positional'), symbolic: share('symbolic') },
      }),
    });
  }
  return {
    evaluation: { split: 'test', seed: CARD_SEED, queriesPerCount: queries, results },
    answers: { schema: 1, split: 'test', seed: CARD_SEED, results: answers },
  };
}

interface Conflict {
  readonly positional: boolean;
  readonly symbolic: boolean;
}

/** Which way of binding an answer follows; nothing where both ways point at the same item. */
function conflictOf(
  spec: QuerySpec,
  { index, question, predicted, correct }: QueryOutcome,
): Conflict[] {
  const scene = generateScene(spec, CARD_SEED, index);
  const object = scene.asked[question];
  if (scene.associations[object] === object) return [];
  const positional = predicted === itemToken(itemAtSamePosition(scene, object));
  return [{ positional, symbolic: correct }];
}

/** Every object count has as many queries, so the pooled share is the mean over counts. */
function pooled(points: Evaluation['byObjects']) {
  const sum = (pick: (point: Evaluation['byObjects'][number]) => number) =>
    points.reduce((total, point) => total + pick(point), 0);
  return proportion(
    sum((point) => point.correct),
    sum((point) => point.count),
  );
}
