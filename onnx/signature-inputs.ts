import type { DataTypeName, OnnxValueInfo } from './model.ts';
import { dataTypeName } from './tensor-data.ts';

/** The inputs that can be fed, as data: names, types and shapes, and what each is for. */

/**
 * What an input is for. `deepstack` has features of a picture that are added to the residual stream inside a decoder; the
 * last three are those of bindscope's own models.
 */
export type InputRole =
  | 'tokens'
  | 'embeddings'
  | 'deepstack'
  | 'positions'
  | 'attention-mask'
  | 'cache'
  | 'attention-bias'
  | 'answer-index'
  | 'patch-features';

/** A size that the caller chooses. */
export type FreeSize = 'rows' | 'tokens' | 'answers';

export interface SignatureInput {
  readonly name: string;
  readonly role: InputRole;
  readonly type: DataTypeName;
  /** A cache has 0 tokens: nothing is generated token by token. */
  readonly dims: readonly (number | FreeSize)[];
}

export interface InputRule {
  readonly name: RegExp;
  readonly role: InputRole;
  readonly types: readonly DataTypeName[];
  /** Alternatives. `fixed` is a number that the file gives; 0 is a free size that is fed with nothing. */
  readonly shapes: readonly (readonly (FreeSize | 'fixed' | 0 | 3)[])[];
}

const INTEGERS = ['int32', 'int64'] as const;

/** Written by bindscope's trainer. */
export const OWN_INPUTS: readonly InputRule[] = [
  { name: /^tokens$/, role: 'tokens', types: ['int32'], shapes: [['rows', 'tokens']] },
  { name: /^positions$/, role: 'positions', types: ['int32'], shapes: [['rows', 'tokens']] },
  {
    name: /^attention_bias$/,
    role: 'attention-bias',
    types: ['float32'],
    shapes: [['rows', 'tokens', 'tokens']],
  },
  { name: /^answer_index$/, role: 'answer-index', types: ['int32'], shapes: [['answers']] },
  {
    name: /^patch_features$/,
    role: 'patch-features',
    types: ['float32'],
    shapes: [['rows', 'tokens', 'fixed']],
  },
];

/** As Hugging Face Optimum, ONNX Runtime GenAI and plain PyTorch exports name them. */
export const DECODER_INPUTS: readonly InputRule[] = [
  { name: /^input_ids$/, role: 'tokens', types: INTEGERS, shapes: [['rows', 'tokens']] },
  {
    name: /^attention_mask$/,
    role: 'attention-mask',
    types: [...INTEGERS, 'bool', 'float32'],
    shapes: [['rows', 'tokens']],
  },
  {
    name: /^position_ids$/,
    role: 'positions',
    types: INTEGERS,
    // Three planes where text and pictures have positions of their own (Qwen2-VL).
    shapes: [
      ['rows', 'tokens'],
      [3, 'rows', 'tokens'],
    ],
  },
  {
    name: /^past(_key_values)?[._]\d+([._](key|value))?$|^past_(keys?|values?)[._]\d+$/,
    role: 'cache',
    types: ['float32', 'float16', 'bfloat16'],
    shapes: [['rows', 'fixed', 0, 'fixed']],
  },
];

/** One for each layer that features of a picture are added after, counted from 0 (Qwen3-VL). */
const DEEPSTACK = /^deepstack_\w+[._](\d+)$/;

/** Those of an encoder's outputs or a decoder's inputs that have features for DeepStack, by layer. */
export const deepstackNames = (names: readonly string[]): string[] =>
  names
    .flatMap((name) => {
      const layer = DEEPSTACK.exec(name)?.[1];
      return layer === undefined ? [] : [{ name, layer: Number(layer) }];
    })
    .sort((a, b) => a.layer - b.layer)
    .map(({ name }) => name);

/** Of a decoder whose tokens another file embeds, as the Hub's exports of models that see have them. */
export const EMBEDDED_INPUTS: readonly InputRule[] = [
  {
    name: /^inputs_embeds$/,
    role: 'embeddings',
    types: ['float32', 'float16'],
    shapes: [['rows', 'tokens', 'fixed']],
  },
  {
    name: DEEPSTACK,
    role: 'deepstack',
    types: ['float32', 'float16'],
    shapes: [['rows', 'tokens', 'fixed']],
  },
];

/**
 * @returns how the input is fed, or why it cannot be
 */
export function matchInput(
  { name, type }: OnnxValueInfo,
  rules: readonly InputRule[],
): SignatureInput | string {
  const rule = rules.find((candidate) => candidate.name.test(name));
  if (!rule) return `the input "${name}" is not one that can be fed`;
  const declaredType = dataTypeName(type?.tensor?.elementType ?? 0);
  const dataType = rule.types.find((allowed) => allowed === declaredType);
  if (!dataType) {
    return `the input "${name}" is ${declaredType}; it can be fed as ${rule.types.join(' or ')}`;
  }
  const declared = type?.tensor?.shape?.dims.map(({ size }) => size);
  for (const shape of rule.shapes) {
    const dims = declared ? fitShape(declared, shape) : freeShape(shape);
    if (dims) return { name, role: rule.role, type: dataType, dims };
  }
  const shown = declared?.map((size) => size ?? '?').join(', ') ?? '';
  const allowed = rule.shapes.map((shape) => `[${shape.join(', ')}]`).join(' or ');
  return `the input "${name}" has the shape [${shown}]; it can be fed as ${allowed}`;
}

type Shape = InputRule['shapes'][number];

function fitShape(
  declared: readonly (number | undefined)[],
  shape: Shape,
): (number | FreeSize)[] | undefined {
  if (declared.length !== shape.length) return undefined;
  const dims = shape.map((wanted, axis) => {
    const size = declared[axis];
    if (wanted === 'fixed') return size;
    // One row at a time can be asked of a file that has only one.
    if (wanted === 'rows' && size === 1) return 1;
    if (wanted === 3) return size === 3 || size === undefined ? 3 : undefined;
    return size === undefined || size === -1 ? wanted : undefined;
  });
  return dims.every((size) => size !== undefined) ? dims : undefined;
}

/** Of a file that does not say which shape it wants. */
const freeShape = (shape: Shape): (number | FreeSize)[] | undefined =>
  shape.every((size) => size !== 'fixed') ? [...shape] : undefined;
