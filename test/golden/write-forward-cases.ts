/**
 * Writes the cases of `forward-logits.py`: small models with arbitrary parameters, and batches.
 * Run it, then that script, where the model's definition is meant to change:
 *
 *     npx tsx test/golden/write-forward-cases.ts
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ModelConfig } from '../../contract/recipe.ts';
import type { Batch } from '../../task/batch.ts';
import { RandomStream } from '../../task/random.ts';
import type { Modality } from '../../task/spec.ts';
import { initialParameters, parameterSpecs } from '../../trainer/model/index.ts';
import { sampleBatch, TINY } from '../support/training.ts';

const SMALL: ModelConfig = { ...TINY, width: 8, absolutePositions: 0, patchFeatures: 0 };

const CASES: readonly { name: string; config: ModelConfig; modality: Modality }[] = [
  { name: 'rotary', config: SMALL, modality: 'text' },
  {
    name: 'learned-positions',
    config: { ...SMALL, ropeBase: 0, absolutePositions: 64 },
    modality: 'text',
  },
  {
    name: 'patches',
    config: { ...SMALL, absolutePositions: 64, patchFeatures: TINY.patchFeatures },
    modality: 'image',
  },
];

/** Two rows of different lengths, with three questions each. */
const batchOf = (modality: Modality, featureWidth: number) =>
  describeBatch(sampleBatch(2, 3, 5, modality), featureWidth);

function describeBatch(batch: Batch, featureWidth: number) {
  const { rows, length, attentionBias, patchFeatures } = batch;
  return {
    rows,
    length,
    tokens: [...batch.tokens],
    positions: [...batch.positions],
    // For each token the tokens that it attends to.
    visible: Array.from({ length: rows * length }, (_, token) =>
      [...attentionBias.subarray(token * length, (token + 1) * length)]
        .map((bias) => (bias === 0 ? 1 : 0))
        .join(''),
    ),
    answerIndex: [...batch.answerIndex],
    ...(featureWidth > 0 && patchFeatures && { patchFeatures: [...patchFeatures] }),
  };
}

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));

const cases = CASES.map(({ name, config, modality }) => {
  const noise = new RandomStream([0x601d, 0, 0, 0]);
  // Gains and biases must differ from their start values, or an error in them would not be seen.
  const theta = initialParameters(config, 1).map((value) => value + 0.2 * noise.normal());
  const weights = `forward-${name}.f32`;
  writeFileSync(pathOf(weights), new Uint8Array(theta.buffer));
  const parameters = parameterSpecs(config).map((spec) => [spec.name, spec.shape]);
  return { name, config, weights, parameters, batch: batchOf(modality, config.patchFeatures) };
});
writeFileSync(pathOf('forward-cases.json'), JSON.stringify(cases));
