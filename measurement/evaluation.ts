import type { Answers } from '../contract/answers.ts';
import { packBits } from '../contract/bitset.ts';
import type { Evaluation, ModelCard } from '../contract/card.ts';
import type { ModelFacts } from '../contract/model-facts.ts';
import { answerQueries, type QueryOutcome } from '../inference/answer-queries.ts';
import type { ModelRunner } from '../inference/model-runner.ts';
import { proportion } from '../statistics/intervals.ts';
import { conditionsOf } from '../task/conditions.ts';
import { elementAt } from '../task/element-at.ts';
import { listQueryIndices } from '../task/query-indices.ts';
import { generateScene, itemAtSamePosition } from '../task/scene.ts';
import { LIMITS, parseSpec, type QuerySpec } from '../task/spec.ts';
import { itemToken } from '../task/tokens.ts';

/** Numbers of objects in a card: all in distribution, and seven out of it. */
export const CARD_OBJECTS = [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 24, 32] as const;

/** Seed of a card's test queries, the same for all models. */
export const CARD_SEED = 0;

/** More than in WebAssembly: native sessions are faster with large batches. */
const SCENES_PER_RUN = 32;

/** What an evaluation has to know of a model. */
export type EvaluatedModel = Pick<ModelCard, 'modalities'> &
  Pick<ModelFacts, 'vocabulary' | 'grid'>;

/** The evaluation in a card, and whether each answer was correct. */
export interface EvaluationResult {
  readonly evaluation: ModelCard['evaluation'];
  readonly answers: Omit<Answers, 'digest'>;
}

/**
 * Measures accuracy by modality, order of associations and number of objects. Each query has a scene of
 * its own, so that the answers are independent, as their intervals assume.
 *
 * @param queries test queries per number of objects
 * @param onProgress called with the fraction that is done, 0 to 1
 */
export async function evaluateForCard(
  model: ModelRunner,
  { modalities, vocabulary, grid }: EvaluatedModel,
  queries: number,
  onProgress: (done: number) => void = () => undefined,
): Promise<EvaluationResult> {
  const conditions = conditionsOf(modalities);
  const results: Evaluation[] = [];
  const answers: Answers['results'] = [];
  let done = 0;
  for (const { modality, order } of conditions) {
    const byObjects: Evaluation['byObjects'] = [];
    const conflicts: Conflict[] = [];
    for (const objects of CARD_OBJECTS) {
      const spec = parseSpec({ split: 'test', modality, order, objects, vocabulary, grid });
      const indices = listQueryIndices(objects, queries, 1);
      const outcomes = await answerQueries(model, spec, CARD_SEED, indices, SCENES_PER_RUN);
      const correct = outcomes.map((outcome) => outcome.correct);
      const count = correct.length;
      byObjects.push({ objects, ...proportion(correct.filter(Boolean).length, count) });
      answers.push({ modality, order, objects, count, correct: packBits(correct) });
      if (modality === 'text' && order === 'shuffled' && objects <= LIMITS.inDistribution) {
        conflicts.push(...outcomes.flatMap((outcome) => conflictOf(spec, outcome)));
      }
      onProgress(++done / (conditions.length * CARD_OBJECTS.length));
    }
    const share = (binding: keyof Conflict) =>
      proportion(conflicts.filter((conflict) => conflict[binding]).length, conflicts.length);
    results.push({
      modality,
      order,
      byObjects,
      id: pool(byObjects.filter(({ objects }) => objects <= LIMITS.inDistribution)),
      ood: pool(byObjects.filter(({ objects }) => objects > LIMITS.inDistribution)),
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

/** Whether an answer is the item that positional, or symbolic, binding gives. */
interface Conflict {
  readonly positional: boolean;
  readonly symbolic: boolean;
}

/** @returns empty where both ways of binding give the same item */
function conflictOf(
  spec: QuerySpec,
  { index, question, predicted, correct }: QueryOutcome,
): Conflict[] {
  const scene = generateScene(spec, CARD_SEED, index);
  const object = elementAt(scene.asked, question);
  if (scene.associations[object] === object) return [];
  const positional = predicted === itemToken(itemAtSamePosition(scene, object));
  return [{ positional, symbolic: correct }];
}

/** All numbers of objects have the same number of queries, so this is also their mean accuracy. */
function pool(entries: Evaluation['byObjects']) {
  const sum = (field: 'correct' | 'count') =>
    entries.reduce((total, entry) => total + entry[field], 0);
  return proportion(sum('correct'), sum('count'));
}
