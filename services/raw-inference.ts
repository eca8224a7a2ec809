import type { ModelCard } from '../contract/card.ts';
import { modelFacts } from '../contract/model-facts.ts';
import type { Datatype, ModelMetadata, TensorMetadata } from '../contract/open-inference.ts';
import { inputSpecs, type InputSpec } from '../inference/model-inputs.ts';
import type { Batch } from '../task/batch.ts';
import { TOKEN_COUNT } from '../task/tokens.ts';
import { requireAffordable, workOf } from './cost-limit.ts';
import { decoderFault } from './decoder-batch.ts';
import type { ModelAccess } from './models.ts';
import { invalidPart, ServiceError } from './service-error.ts';
import { zip } from './zip.ts';

/** Runs a model's graph on tensors of the client, as the Open Inference Protocol does. */

export interface Tensor {
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Int32Array | Float32Array;
}

export interface NamedTensor extends Tensor {
  readonly name: string;
}

const DATATYPE = { int32: 'INT32', float32: 'FP32' } as const satisfies Record<
  InputSpec['type'],
  Datatype
>;

/** Float32 holds whole numbers exactly up to here, and rotary embeddings compute in float32. */
const POSITION_LIMIT = 2 ** 24;

export function modelMetadata(card: ModelCard): ModelMetadata {
  return {
    name: card.id,
    versions: [card.files.model.sha256],
    platform: 'onnx_onnxv1',
    inputs: Object.entries(inputSpecs(modelFacts(card).featureWidth)).map(
      ([name, { type, shape }]): TensorMetadata => ({
        name,
        datatype: DATATYPE[type],
        shape: shape.map((size) => (typeof size === 'string' ? -1 : size)),
      }),
    ),
    outputs: [{ name: 'logits', datatype: 'FP32', shape: [-1, TOKEN_COUNT] }],
  };
}

/**
 * @param inputs in the order of the request, which error locations refer to
 * @returns the outputs by name
 * @throws ServiceError where a tensor is missing, has the wrong type or shape, holds an index outside
 *   its table, or the work is too much
 */
export async function runRawInference(
  models: ModelAccess,
  card: ModelCard,
  inputs: readonly NamedTensor[],
): Promise<Map<string, Tensor>> {
  const batch = batchOf(card, inputs);
  const { packsQuestions, readsGaps } = modelFacts(card);
  // A model that cannot pack questions computes a row for each answer.
  const rows = packsQuestions ? batch.rows : batch.answerIndex.length;
  requireAffordable(rows * workOf(card, batch.length), 'send fewer or shorter rows');
  const fault = packsQuestions ? undefined : decoderFault(batch, readsGaps);
  if (fault !== undefined) throw invalidPart('body.inputs', fault);
  const runner = await models.runner(card);
  const data = await runner.logits(batch);
  if (!data.every(Number.isFinite)) {
    throw new ServiceError('invalid-request', 'these inputs give logits that are not finite');
  }
  const shape = [batch.answerIndex.length, TOKEN_COUNT];
  return new Map([['logits', { datatype: 'FP32', shape, data }]]);
}

function batchOf(card: ModelCard, inputs: readonly NamedTensor[]): Batch {
  const specs = inputSpecs(modelFacts(card).featureWidth);
  for (const [index, { name }] of inputs.entries()) {
    if (Object.hasOwn(specs, name)) continue;
    const known = Object.keys(specs).join(', ');
    throw invalidPart(
      `body.inputs.${index}.name`,
      `model "${card.id}" has no input "${name}"; its inputs are ${known}`,
    );
  }
  const sizes = new Map<string, number>();
  for (const [name, spec] of Object.entries(specs)) {
    const index = inputs.findIndex((input) => input.name === name);
    const tensor = inputs[index];
    if (!tensor) throw invalidPart('body.inputs', `the input "${name}" is missing`);
    requireFitting(tensor, spec, sizes, `body.inputs.${index}`);
  }
  const dataOf = (name: string) => inputs.find((input) => input.name === name)?.data;
  const integers = (name: string) => {
    const data = dataOf(name);
    return data instanceof Int32Array ? data : new Int32Array(0);
  };
  const floats = (name: string) => {
    const data = dataOf(name);
    return data instanceof Float32Array ? data : new Float32Array(0);
  };
  const batch = {
    rows: sizes.get('batch') ?? 0,
    length: sizes.get('length') ?? 0,
    tokens: integers('tokens'),
    positions: integers('positions'),
    attentionBias: floats('attention_bias'),
    answerIndex: integers('answer_index'),
    targets: new Int32Array(0),
    ...(Object.hasOwn(specs, 'patch_features') && { patchFeatures: floats('patch_features') }),
  };
  requireIndices(batch, modelFacts(card).maxPositions ?? 0);
  return batch;
}

/**
 * Checks type and shape of a tensor.
 *
 * @param sizes of the symbolic dimensions of the tensors before, to which this one's are added
 */
function requireFitting(
  { name, datatype, shape }: NamedTensor,
  spec: InputSpec,
  sizes: Map<string, number>,
  at: string,
): void {
  if (datatype !== DATATYPE[spec.type]) {
    throw invalidPart(
      `${at}.datatype`,
      `the input "${name}" must be ${DATATYPE[spec.type]}, not ${datatype}`,
    );
  }
  const expected = spec.shape.map((size) =>
    typeof size === 'string' ? (sizes.get(size) ?? size) : size,
  );
  const mismatch = () =>
    invalidPart(
      `${at}.shape`,
      `the input "${name}" must be [${expected.join(', ')}], not [${shape.join(', ')}]`,
    );
  if (shape.length !== expected.length) throw mismatch();
  for (const [dimension, size] of zip(spec.shape, shape)) {
    const known = typeof dimension === 'string' ? sizes.get(dimension) : dimension;
    if (known !== undefined && known !== size) throw mismatch();
    if (typeof dimension === 'string') sizes.set(dimension, size);
  }
}

/** Checks that every index stays within its table. @param positionRows 0 without a position table */
function requireIndices(
  { tokens, positions, answerIndex, rows, length }: Batch,
  positionRows: number,
): void {
  if (tokens.length === 0 || answerIndex.length === 0) {
    throw invalidPart('body.inputs', 'need at least 1 token and 1 answer');
  }
  requireBelow(tokens, TOKEN_COUNT, 'tokens');
  requireBelow(answerIndex, rows * length, 'answer_index');
  requireBelow(positions, positionRows > 0 ? positionRows : POSITION_LIMIT, 'positions');
}

function requireBelow(values: Int32Array, end: number, name: string): void {
  const index = values.findIndex((value) => value < 0 || value >= end);
  if (index < 0) return;
  throw invalidPart('body.inputs', `${name}.${index} must be from 0 to ${end - 1}`);
}
