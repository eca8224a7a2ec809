import type { Batch } from '../task/batch.ts';

/** The inputs of an exported model: written by the trainer, fed by the trainer, worker and browser. */

export interface InputSpec {
  readonly type: 'int32' | 'float32';
  /** Symbolic dimensions by name, static ones by size. */
  readonly shape: readonly (number | string)[];
  readonly read: (batch: Batch) => Int32Array | Float32Array | undefined;
}

/**
 * The graph inputs that a batch feeds, by name; `task/batch.ts` gives their meaning.
 *
 * @param featureWidth F, the width of patch features; 0 for a model without a visual input
 */
export function inputSpecs(featureWidth: number): Readonly<Record<string, InputSpec>> {
  return {
    tokens: { type: 'int32', shape: ['batch', 'length'], read: (batch) => batch.tokens },
    positions: { type: 'int32', shape: ['batch', 'length'], read: (batch) => batch.positions },
    attention_bias: {
      type: 'float32',
      shape: ['batch', 'length', 'length'],
      read: (batch) => batch.attentionBias,
    },
    answer_index: { type: 'int32', shape: ['answers'], read: (batch) => batch.answerIndex },
    ...(featureWidth > 0 && {
      patch_features: {
        type: 'float32',
        shape: ['batch', 'length', featureWidth],
        read: (batch) => batch.patchFeatures,
      },
    }),
  };
}

/** The right answers: an input of the training graph alone. */
export const TARGETS: InputSpec = {
  type: 'int32',
  shape: ['answers'],
  read: (batch) => batch.targets,
};

/** The sizes of an input's dimensions for a batch. */
export function inputShape(spec: InputSpec, batch: Batch): number[] {
  const sizes: Readonly<Record<string, number>> = {
    batch: batch.rows,
    length: batch.length,
    answers: batch.answerIndex.length,
  };
  return spec.shape.map((size) => (typeof size === 'string' ? sizes[size] : size));
}

/** What an ONNX Runtime of any kind calls a tensor. */
type TensorConstructor<T> = new (
  type: 'int32' | 'float32',
  data: Int32Array | Float32Array,
  shape: readonly number[],
) => T;

/**
 * A batch as the feeds of an ONNX session.
 *
 * @param Tensor of onnxruntime-web or onnxruntime-node, whichever runs the session
 */
export function feedsOf<T>(
  batch: Batch,
  featureWidth: number,
  Tensor: TensorConstructor<T>,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(inputSpecs(featureWidth)).map(([name, spec]) => {
      const shape = inputShape(spec, batch);
      // A batch without pictures feeds zeros.
      const data = spec.read(batch) ?? new Float32Array(shape.reduce((a, b) => a * b, 1));
      return [name, new Tensor(spec.type, data, shape)];
    }),
  );
}
