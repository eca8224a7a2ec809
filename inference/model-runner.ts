import type { Batch } from '../task/batch.ts';
import type { SceneObject } from '../task/scene.ts';

/** Runs a model: an ONNX session, a training engine, or a fake model in tests. */
export interface ModelRunner {
  /** F, the width of patch features; 0 for a model that only reads text. */
  readonly featureWidth: number;
  /** @returns [N, V] next-token logits at the batch's N answers */
  logits(batch: Batch): Promise<Float32Array>;
  /** @returns [grid * grid, F] features of a picture's patches */
  encode(objects: readonly SceneObject[], grid: number): Promise<Float32Array>;
}

/** The visual input of a model: the part of a runner that reads pictures. */
export type VisionInput = Pick<ModelRunner, 'encode' | 'featureWidth'>;
