import { featureWidthOf, type ModelCard } from '../contract/card.ts';
import type { Datatype, ModelMetadata, TensorMetadata } from '../contract/open-inference.ts';
import { inputSpecs, type InputSpec } from '../inference/model-inputs.ts';
import type { Batch } from '../task/batch.ts';
import { TOKEN_COUNT } from '../task/tokens.ts';
import { requireAffordable, workOf } from './cost-limit.ts';
import type { ModelAccess } from './models.ts';
import { invalidPart, Problem } from './problem.ts';
import type { InferenceBody, Tensor } from '../worker/open-inference/tensor-body.ts';

/** A model's own graph, fed by the client: what the Open Inference Protocol calls inference. */

const DATATYPE = { int32: 'INT32', float32: 'FP32' } as const satisfies Record<
  InputSpec['type'],
  Datatype
>;

export function modelMetadata(card: ModelCard): ModelMetadata {
  return {
    name: card.id,
    versions: [card.files.model.sha256],
    platform: 'onnx_onnxv1',
    inputs: Object.entries(inputSpecs(featureWidthOf(card))).map(
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
 * Runs the model's graph on the tensors of a request.
 *
 * @returns the outputs by name
 * @throws Problem where a tensor is missing, not of its type or shape, or would read beyond a table,
 *   and where all would be too much work
 */
export async function inferRaw(
  models: ModelAccess,
  card: ModelCard,
  body: InferenceBody,
): Promise<Map<string, Tensor>> {
  const batch = batchOfTensors(card, body);
  const work = batch.rows * workOf(card, batch.length);
  requireAffordable(work, 'send fewer or shorter rows');
  const runner = await models.runner(card);
  const data = await runner.logits(batch);
  if (!data.every(Number.isFinite)) {
    throw new Problem('invalid-request', 'with these inputs the logits are not finite numbers');
  }
  const shape = [batch.answerIndex.length, TOKEN_COUNT];
  return new Map([['logits', { datatype: 'FP32', shape, data }]]);
}

function batchOfTensors(card: ModelCard, { request, tensors }: InferenceBody): Batch {
  const specs = inputSpecs(featureWidthOf(card));
  request.inputs.forEach(({ name }, place) => {
    if (name in specs) return;
    const known = Object.keys(specs).join(', ');
    throw invalidPart(`body.inputs.${place}.name`, `model "${card.id}" has the inputs ${known}`);
  });
  const sizes = new Map<string, number>();
  const read = <Data>(name: string, make: (data: Tensor['data']) => Data): Data => {
    const place = request.inputs.findIndex((input) => input.name === name);
    const tensor = tensors.get(name);
    if (!tensor) throw invalidPart('body.inputs', `lack ${name}`);
    requireFitting(tensor, specs[name], sizes, `body.inputs.${place}`);
    return make(tensor.data);
  };
  const tokens = read('tokens', integers);
  const positions = read('positions', integers);
  const attentionBias = read('attention_bias', floats);
  const answerIndex = read('answer_index', integers);
  const patchFeatures = 'patch_features' in specs ? read('patch_features', floats) : undefined;

  const [rows, length] = [sizes.get('batch') ?? 0, sizes.get('length') ?? 0];
  if (tokens.length === 0 || answerIndex.length === 0) {
    throw invalidPart('body.inputs', 'need at least 1 token and 1 answer');
  }
  requireWithin(tokens, TOKEN_COUNT, 'tokens');
  requireWithin(answerIndex, rows * length, 'answer_index');
  const places = card.recipe.model.absolutePositions;
  requireWithin(positions, places > 0 ? places : 2 ** 24, 'positions');
  const none = new Int32Array(0);
  return {
    rows,
    length,
    tokens,
    positions,
    attentionBias,
    answerIndex,
    targets: none,
    ...(patchFeatures && { patchFeatures }),
  };
}

const integers = (data: Tensor['data']) => (data instanceof Int32Array ? data : new Int32Array(0));
const floats = (data: Tensor['data']) =>
  data instanceof Float32Array ? data : new Float32Array(0);

/** @param sizes of the symbolic dimensions met so far, each of which has one size in a request */
function requireFitting(
  { datatype, shape }: Tensor,
  spec: InputSpec,
  sizes: Map<string, number>,
  at: string,
): void {
  if (datatype !== DATATYPE[spec.type]) {
    throw invalidPart(`${at}.datatype`, `must be ${DATATYPE[spec.type]}`);
  }
  const wanted = spec.shape.map((size) =>
    typeof size === 'string' ? (sizes.get(size) ?? size) : size,
  );
  const fits =
    shape.length === wanted.length &&
    wanted.every((size, axis) => typeof size === 'string' || size === shape[axis]);
  if (!fits) throw invalidPart(`${at}.shape`, `must be [${wanted.join(', ')}]`);
  spec.shape.forEach((size, axis) => {
    if (typeof size === 'string') sizes.set(size, shape[axis]);
  });
  // Two dimensions of one tensor may share a name.
  const agrees = spec.shape.every(
    (size, axis) => typeof size === 'number' || sizes.get(size) === shape[axis],
  );
  if (!agrees) throw invalidPart(`${at}.shape`, `must be [${spec.shape.join(', ')}]`);
}

function requireWithin(values: Int32Array, end: number, name: string): void {
  const wrong = values.findIndex((value) => value < 0 || value >= end);
  if (wrong < 0) return;
  throw invalidPart('body.inputs', `${name}.${wrong} must be from 0 to ${end - 1}`);
}
