import type { Recipe } from '../contract/recipe.ts';
import type { PatchEncoder } from '../inference/patches.ts';
import { summarise, sweepLayers, type PairOutcome } from '../probes/interchange.ts';
import { openProbe } from '../probes/runner.ts';
import { parseSpec, type Modality } from '../task/spec.ts';
import { modalitiesOf } from './curriculum.ts';
import { probeGraph } from './graphs.ts';
import { weightsOf } from './model-file.ts';
import { sightOf } from './runner.ts';
import { encodeModel } from './tracer/onnx.ts';

/** The mechanism at a moment of training, read where patches first move the answer. */
export interface Mechanism {
  /** null where no layer moves most answers: there is no mechanism yet. */
  readonly layer: number | null;
  readonly positional: number;
  readonly symbolic: number;
  /** Pairs that the model solves, which the shares are of. */
  readonly solved: number;
}

const PAIRS = 64;
const OBJECTS = 8;

/** The mechanism on each modality that a recipe shows. */
export type MechanismByModality = Readonly<Partial<Record<Modality, Mechanism>>>;

/**
 * A cheap interchange summary of present parameters, on validation scenes.
 *
 * @param theta [P]
 */
export async function readMechanism(
  recipe: Recipe,
  theta: Float32Array,
  encoder?: PatchEncoder,
): Promise<MechanismByModality> {
  const { model: config, vocabulary, grid } = recipe;
  const probe = await openProbe(
    await import('onnxruntime-node'),
    encodeModel(probeGraph(config)),
    weightsOf(config, config, theta),
    config,
    config.patchFeatures,
  );
  const subject = { probe, ...sightOf(config.patchFeatures, encoder) };
  const indices = Array.from({ length: PAIRS }, (_, index) => index);
  const mechanisms: Partial<Record<Modality, Mechanism>> = {};
  for (const modality of modalitiesOf(recipe)) {
    const spec = parseSpec({ split: 'validation', objects: OBJECTS, modality, vocabulary, grid });
    mechanisms[modality] = mechanismIn(await sweepLayers(subject, spec, 0, indices));
  }
  await probe.release();
  return mechanisms;
}

function mechanismIn(outcomes: readonly PairOutcome[]): Mechanism {
  const { layers, firstCausalLayer, solved } = summarise(outcomes);
  const shares = firstCausalLayer === null ? undefined : layers[firstCausalLayer].shares;
  return {
    layer: firstCausalLayer,
    positional: shares?.positional.accuracy ?? 0,
    symbolic: shares?.symbolic.accuracy ?? 0,
    solved,
  };
}
