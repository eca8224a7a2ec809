import type { Batch } from '../task/batch.ts';

/** The inputs of an exported model, shared by the trainer, the worker and the browser. */

export interface InputSpec {
  readonly type: 'int32' | 'float32';
  /** Names of symbolic dimensions, sizes of static ones. */
  readonly shape: readonly (number | string)[];
  readonly read: (batch: Batch) => Int32Array | Float32Array | undefined;
}

/**
 * The graph inputs of a batch, by name; `task/batch.ts` describes them.
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

/** The correct answers: an input of the training graph only. */
export const TARGETS: InputSpec = {
  type: 'int32',
  shape: ['answers'],
  read: (batch) => batch.targets,
};

/**
 * The sizes of an input's dimensions for a batch.
 *
 * @throws RangeError where the shape has a symbolic dimension other than batch, length and answers
 */
export function inputShape(spec: InputSpec, batch: Batch): number[] {
  return resolveShape(spec.shape, {
    batch: batch.rows,
    length: batch.length,
    answers: batch.answerIndex.length,
  });
}

/**
 * A shape with sizes in the place of its symbolic dimensions.
 *
 * @throws RangeError where a symbolic dimension has no size
 */
export function resolveShape(
  shape: readonly (number | string)[],
  sizes: Readonly<Record<string, number>>,
): number[] {
  return shape.map((dimension) => {
    const size = typeof dimension === 'string' ? sizes[dimension] : dimension;
    if (size === undefined) throw new RangeError(`dimension "${dimension}" has no size`);
    return size;
  });
}

/** The number of elements of a tensor. */
export const elementCount = (shape: readonly number[]): number =>
  shape.reduce((count, size) => count * size, 1);

/** The tensor class of onnxruntime-web and onnxruntime-node. */
type TensorConstructor<T> = new (
  type: 'int32' | 'float32',
  data: Int32Array | Float32Array,
  shape: readonly number[],
) => T;

/**
 * A batch as the feeds of an ONNX session.
 *
 * @param Tensor the tensor class of the runtime that runs the session
 */
export function toFeeds<T>(
  batch: Batch,
  featureWidth: number,
  Tensor: TensorConstructor<T>,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(inputSpecs(featureWidth)).map(([name, spec]) => {
      const shape = inputShape(spec, batch);
      // Zeros for a batch without pictures.
      const data = spec.read(batch) ?? new Float32Array(elementCount(shape));
      return [name, new Tensor(spec.type, data, shape)];
    }),
  );
}
