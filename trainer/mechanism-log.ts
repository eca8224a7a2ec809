import type { MechanismPoint } from '../contract/card.ts';
import type { Recipe } from '../contract/recipe.ts';
import type { PatchEncoder } from '../inference/patch-encoder.ts';
import { summarise } from '../probes/interchange-summary.ts';
import { sweepLayers, type PairOutcome } from '../probes/interchange.ts';
import { openProbe } from '../probes/runner.ts';
import { parseSpec, type Modality } from '../task/spec.ts';
import { modalitiesOf } from './curriculum.ts';
import { inferenceModel } from './model-file.ts';
import { nodeRuntime } from '../node/onnx-runtime.ts';
import { visionInputOf } from './engine-runner.ts';

export const MECHANISM_PAIRS = 64;
const OBJECTS = 8;

/** The mechanism on each modality of a recipe. */
export type MechanismByModality = Readonly<Partial<Record<Modality, MechanismPoint>>>;

/**
 * The mechanism of a model in training, from few interchange interventions on validation scenes.
 *
 * @param theta [P]
 */
export async function measureMechanism(
  recipe: Recipe,
  theta: Float32Array,
  encoder?: PatchEncoder,
): Promise<MechanismByModality> {
  const { model: config, vocabulary, grid } = recipe;
  const probe = await openProbe(await nodeRuntime(), inferenceModel(config, config, theta));
  const subject = { probe, ...visionInputOf(config.patchFeatures, encoder) };
  const indices = Array.from({ length: MECHANISM_PAIRS }, (_, index) => index);
  const mechanisms: Partial<Record<Modality, MechanismPoint>> = {};
  for (const modality of modalitiesOf(recipe)) {
    const spec = parseSpec({ split: 'validation', objects: OBJECTS, modality, vocabulary, grid });
    mechanisms[modality] = mechanismIn(await sweepLayers(subject, spec, 0, indices));
  }
  await probe.release();
  return mechanisms;
}

function mechanismIn(outcomes: readonly PairOutcome[]): MechanismPoint {
  const { layers, firstCausalLayer, solved } = summarise(outcomes);
  const shares = firstCausalLayer === null ? undefined : layers[firstCausalLayer]?.shares;
  return {
    layer: firstCausalLayer,
    positional: shares?.positional.accuracy ?? 0,
    symbolic: shares?.symbolic.accuracy ?? 0,
    solved,
  };
}
