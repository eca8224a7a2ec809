import { answerQueries } from '../inference/answer-queries.ts';
import { listQueryIndices } from '../task/query-indices.ts';
import { parseSpec, type Vocabulary } from '../task/spec.ts';
import { modalitiesOf } from './curriculum.ts';
import { runnerOf } from './engine-runner.ts';
import type { Engine } from './engines/engine.ts';
import type { TrainOptions } from './train-options.ts';

/** Queries for each number of objects, and modality. */
export const VALIDATION_QUERIES = 96;

const OBJECTS = [2, 4, 8, 9, 12, 16, 24, 32] as const;
const SEED = 1;

/**
 * Accuracy of a model in training on validation scenes of the modalities of its recipe.
 *
 * @param vocabulary what the scenes are drawn from
 * @returns accuracies by modality and number of objects, such as `text.8`
 */
export async function validate(
  engine: Engine,
  { recipe, encoder }: TrainOptions,
  vocabulary: Vocabulary,
): Promise<Record<string, number>> {
  const streams = recipe.stages.flatMap((stage) => stage.mix);
  const { order } = streams.find((stream) => stream.modality === 'text') ?? { order: 'context' };
  const runner = runnerOf(engine, recipe.model.patchFeatures, encoder?.cached ?? encoder);
  const { grid } = recipe;
  const most = Math.min(...Object.values(vocabulary), grid ** 2);
  const accuracies: Record<string, number> = {};
  for (const modality of modalitiesOf(recipe)) {
    for (const objects of OBJECTS.filter((count) => count <= most)) {
      const spec = parseSpec({ split: 'validation', modality, order, objects, vocabulary, grid });
      const queries = listQueryIndices(objects, VALIDATION_QUERIES);
      const outcomes = await answerQueries(runner, spec, SEED, queries);
      const correct = outcomes.filter((outcome) => outcome.correct).length;
      accuracies[`${modality}.${objects}`] = correct / outcomes.length;
    }
  }
  return accuracies;
}
