import type { PrecisionCheck } from '../contract/card.ts';
import type { Recipe } from '../contract/recipe.ts';
import { answerScenes, packScene } from '../inference/answer-queries.ts';
import { argMax } from '../inference/logits.ts';
import { listQueryIndices } from '../task/query-indices.ts';
import type { ModelRunner } from '../inference/model-runner.ts';
import { parseSpec, type Modality } from '../task/spec.ts';
import { conditionsOf } from '../task/conditions.ts';

/** Two in distribution, two out of it. */
const OBJECTS = [4, 8, 12, 24] as const;
const QUERIES = 64;
const SEED = 16;

/**
 * What rounded parameters change: both models answer the same validation queries under every condition.
 *
 * @param rounded the model as it is stored
 * @param exact the model as it was trained
 */
export async function checkPrecision(
  rounded: ModelRunner,
  exact: ModelRunner,
  modalities: readonly Modality[],
  { vocabulary, grid }: Recipe,
): Promise<PrecisionCheck> {
  const sum = { queries: 0, changed: 0, change: 0, scale: 0 };
  const specs = conditionsOf(modalities).flatMap((condition) =>
    OBJECTS.map((objects) =>
      parseSpec({ split: 'validation', ...condition, objects, vocabulary, grid }),
    ),
  );
  for (const spec of specs) {
    for (const place of listQueryIndices(spec.objects, QUERIES, 1)) {
      const scenes = [packScene(spec, SEED, [place])];
      const [{ logits }] = await answerScenes(rounded, scenes);
      const [{ logits: expected }] = await answerScenes(exact, scenes);
      sum.queries += 1;
      if (argMax(logits) !== argMax(expected)) sum.changed += 1;
      expected.forEach((value, token) => {
        sum.scale = Math.max(sum.scale, Math.abs(value));
        sum.change = Math.max(sum.change, Math.abs(logits[token] - value));
      });
    }
  }
  const { queries, changed, change, scale } = sum;
  return { split: 'validation', queries, changed, maxRelativeLogitDelta: change / scale };
}
