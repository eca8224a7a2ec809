import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { modelCardSchema, weightTypeSchema } from '../../contract/card.ts';
import { recipeSchema } from '../../contract/recipe.ts';
import { TRAINING_LOG, writeCard } from '../../measurement/card-file.ts';
import { readJson, writeAtomically } from '../../node/files.ts';
import { curveOf } from '../curve.ts';
import { describeFile, probeFile, weightNames } from '../model-file.ts';
import { readMetrics } from '../metrics.ts';

export interface CardOptions {
  readonly models: string;
}

/** The fields that are needed of a card, which may have an older form. */
const oldCardSchema = z.looseObject({
  recipe: recipeSchema,
  files: z.looseObject({
    encoder: z.unknown(),
    model: z.looseObject({
      weights: weightTypeSchema.default('float32'),
      weightsOffset: z.number(),
    }),
  }),
});

/**
 * Derives an exported model's `probe.onnx`, training curve and figure again: from its recipe and from
 * its log. Measurements and provenance stay unchanged.
 */
export function runCard(id: string, { models }: CardOptions): void {
  const folder = join(models, id);
  const path = join(folder, 'card.json');
  if (!existsSync(path)) {
    throw new Error(`there is no model ${id} in ${models}; export its run first`);
  }
  const old = readJson(path, oldCardSchema);
  const { model } = old.recipe;
  const { encoder, model: file } = old.files;
  const config = { ...model, patchFeatures: encoder ? model.patchFeatures : 0 };
  const names = weightNames(readFileSync(join(folder, 'model.onnx')), file.weightsOffset);
  const graph = probeFile(config, file.weights, names);
  const card = modelCardSchema.parse({
    ...old,
    files: { ...old.files, probe: describeFile('probe.onnx', graph) },
    ...curveOf(readMetrics(join(folder, TRAINING_LOG))),
  });
  writeAtomically(join(folder, 'probe.onnx'), graph);
  writeCard(folder, card);
  console.log(`wrote ${path}`);
}
