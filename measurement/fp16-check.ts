import type { PrecisionCheck } from '../contract/card.ts';
import type { Recipe } from '../contract/recipe.ts';
import { answerScenes, packScene } from '../inference/answer-queries.ts';
import { argMax } from '../inference/logits.ts';
import type { ModelRunner } from '../inference/model-runner.ts';
import { conditionsOf } from '../task/conditions.ts';
import { elementAt } from '../task/element-at.ts';
import { listQueryIndices, type QueryIndices } from '../task/query-indices.ts';
import { parseSpec, type Modality, type QuerySpec } from '../task/spec.ts';

/** Two numbers of objects in distribution, two out of it. */
const OBJECTS = [4, 8, 12, 24] as const;
const QUERIES = 64;
const SEED = 16;

/**
 * The effect of storing parameters in float16: both models answer the same validation queries under
 * every condition.
 *
 * @param rounded the model with float16 parameters
 * @param exact the model with the float32 parameters of the training
 */
export async function checkPrecision(
  rounded: ModelRunner,
  exact: ModelRunner,
  modalities: readonly Modality[],
  { vocabulary, grid }: Recipe,
): Promise<PrecisionCheck> {
  let [queries, changed, maxDelta, maxLogit] = [0, 0, 0, 0];
  const specs = conditionsOf(modalities).flatMap((condition) =>
    OBJECTS.map((objects) =>
      parseSpec({ split: 'validation', ...condition, objects, vocabulary, grid }),
    ),
  );
  for (const spec of specs) {
    for (const query of listQueryIndices(spec.objects, QUERIES, 1)) {
      const logits = await logitsOf(rounded, spec, query);
      const expected = await logitsOf(exact, spec, query);
      queries += 1;
      if (argMax(logits) !== argMax(expected)) changed += 1;
      for (const [token, value] of expected.entries()) {
        maxLogit = Math.max(maxLogit, Math.abs(value));
        maxDelta = Math.max(maxDelta, Math.abs(elementAt(logits, token) - value));
      }
    }
  }
  return { split: 'validation', queries, changed, maxRelativeLogitDelta: maxDelta / maxLogit };
}

/** @returns [V] */
async function logitsOf(
  model: ModelRunner,
  spec: QuerySpec,
  query: QueryIndices,
): Promise<Float32Array> {
  const answers = await answerScenes(model, [packScene(spec, SEED, [query])]);
  return elementAt(answers, 0).logits;
}
