import type { Recipe } from '../contract/recipe.ts';
import type { PatchEncoder } from '../inference/patches.ts';
import { summarise, sweepLayers } from '../probes/interchange.ts';
import { openProbe } from '../probes/runner.ts';
import { parseSpec, type Modality } from '../task/spec.ts';
import { inferenceModel } from './export.ts';
import { probeGraph } from './graphs.ts';
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

/**
 * A cheap interchange summary of present parameters, on validation scenes.
 *
 * @param theta [P]
 */
export async function readMechanism(
  recipe: Recipe,
  theta: Float32Array,
  modality: Modality,
  encoder?: PatchEncoder,
): Promise<Mechanism> {
  const { model: config, vocabulary, grid } = recipe;
  const ort = await import('onnxruntime-node');
  const { model, weightsOffset } = inferenceModel(config, config, theta);
  const graph = encodeModel(probeGraph(config));
  const probe = await openProbe(
    ort,
    graph,
    model.slice(weightsOffset),
    config,
    config.patchFeatures,
  );
  const spec = parseSpec({ split: 'validation', objects: OBJECTS, modality, vocabulary, grid });
  const indices = Array.from({ length: PAIRS }, (_, index) => index);
  const encode = (objects: Parameters<PatchEncoder['encode']>[0], cells: number) => {
    if (!encoder) throw new Error('pictures cannot be probed without an encoder');
    return encoder.encode(objects, cells);
  };
  const outcomes = await sweepLayers(probe, encode, config.patchFeatures, spec, 0, indices);
  await probe.release();
  const { layers, firstCausalLayer, solved } = summarise(outcomes);
  const shares = firstCausalLayer === null ? undefined : layers[firstCausalLayer].shares;
  return {
    layer: firstCausalLayer,
    positional: shares?.positional.accuracy ?? 0,
    symbolic: shares?.symbolic.accuracy ?? 0,
    solved,
  };
}
