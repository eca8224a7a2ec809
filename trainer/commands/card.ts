import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { modelCardSchema, weightTypeSchema } from '../../contract/card.ts';
import { recipeSchema } from '../../contract/recipe.ts';
import { TRAINING_LOG, writeCard } from '../../measurement/card-file.ts';
import { writeAtomically } from '../../node/files.ts';
import { curveOf } from '../curve.ts';
import { describeFile, probeFile } from '../model-file.ts';
import { readMetrics } from '../train.ts';

export interface CardArguments {
  readonly models: string;
}

/** What is read of a card that may be of an older form. */
const oldCardSchema = z.looseObject({
  recipe: recipeSchema,
  files: z.looseObject({
    encoder: z.unknown(),
    model: z.looseObject({ weights: weightTypeSchema.default('float32') }),
  }),
});

/**
 * Writes again what follows from what a shipped model is: its probe graph, and from the log the card's
 * curve and its figure. What was measured and how it was trained stays as it is.
 */
export function runCard(id: string, { models }: CardArguments): void {
  const folder = join(models, id);
  const path = join(folder, 'card.json');
  if (!existsSync(path)) throw new Error(`there is no model ${id} in ${models}: export it first`);
  const old = oldCardSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const { model } = old.recipe;
  const { encoder, model: file } = old.files;
  const config = { ...model, patchFeatures: encoder ? model.patchFeatures : 0 };
  const graph = probeFile(config, file.weights);
  const card = modelCardSchema.parse({
    ...old,
    files: { ...old.files, probe: describeFile('probe.onnx', graph) },
    ...curveOf(readMetrics(join(folder, TRAINING_LOG))),
  });
  writeAtomically(join(folder, 'probe.onnx'), graph);
  writeCard(folder, card);
  console.log(`${path} is written`);
}
