import type { ModelRunner, VisionInput } from '../inference/model-runner.ts';
import type { PatchEncoder } from '../inference/patch-encoder.ts';
import type { Engine } from './engines/engine.ts';

/** Runs a model in training as evaluation runs a finished one. */
export function runnerOf(
  engine: Engine,
  featureWidth: number,
  encoder?: PatchEncoder,
): ModelRunner {
  return { logits: (batch) => engine.logits(batch), ...visionInputOf(featureWidth, encoder) };
}

/** The visual input of a model in training; without an encoder it reads text only. */
export function visionInputOf(featureWidth: number, encoder?: PatchEncoder): VisionInput {
  return {
    featureWidth,
    encode: (objects, grid) => {
      if (!encoder) throw new Error('this run has no visual encoder');
      return encoder.encode(objects, grid);
    },
  };
}
