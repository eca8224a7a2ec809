import {
  makeGraph,
  makeModel,
  makeNode,
  makeTensor,
  makeValueInfo,
  type NodeOptions,
} from '../build.ts';
import { DATA_TYPE, type OnnxModel, type OnnxNode, type OnnxTensor } from '../model.ts';
import type { FloatConstant } from './constants.ts';
import { centredLinear, centredRows, linearOutputs, scaledLinear } from './linear.ts';
import type { Linear, Transformer, TransformerLayer } from './transformer.ts';

/** The inputs of a fused graph, with their types and shapes. */
export const FUSED_INPUTS = {
  /** int32 [B, T] */
  tokens: 'tokens',
  /** int32 [B, T] */
  positions: 'positions',
  /** float32 [B, T, T] */
  bias: 'attention_bias',
  /** int64 [B * A]: A answers for each row, row by row, as row * T + token. */
  answers: 'answer_index',
  /** float32 [P, F], of the tokens that have features. */
  features: 'patch_features',
  /** int64 [P, 1]: these tokens, as row * T + token. */
  featureRows: 'patch_rows',
} as const;

/** Of ONNX's own operators: the first with Attention, RotaryEmbedding and RMSNormalization. */
const OPSET_VERSION = 23;
/** The first version of the format that may have it. */
const IR_VERSION = 11;
const MICROSOFT = 'com.microsoft';

const { float32, int32, int64 } = DATA_TYPE;

/**
 * A graph with the same logits and a third of the nodes, each a kernel that does more. The runtime need not optimise it.
 * In the last layer, queries, the output of attention and the perceptron are computed of the answers only.
 *
 * All weights that write to the residual stream are centred. Then the stream has a mean of 0, and a layer norm is a
 * root-mean-square norm, whose kernel is twice as fast.
 */
export function writeTransformer(transformer: Transformer): OnnxModel {
  return new Writer(transformer).model();
}

/** [rows * length, K / 2] */
interface Rotation {
  readonly cosines: string;
  readonly sines: string;
}

class Writer {
  readonly #nodes: OnnxNode[] = [];
  /** The output of each node by what it computes, so that nothing is computed twice. */
  readonly #outputs = new Map<string, string>();
  readonly #constants = new Map<string, OnnxTensor>();
  readonly #epsilon: { readonly epsilon: { readonly float: number } };

  constructor(private readonly transformer: Transformer) {
    this.#epsilon = { epsilon: { float: transformer.epsilon } };
  }

  model(): OnnxModel {
    const { layers, unembedding } = this.transformer;
    const rotation = this.#rotation();
    let stream = this.#embed();
    let normed = this.#add('RMSNormalization', [stream, this.#gain()], {
      attributes: this.#epsilon,
    });
    for (const [number, layer] of layers.entries()) {
      const answersOnly = number === layers.length - 1;
      const z = this.#attention(number, layer, normed, rotation, answersOnly);
      if (answersOnly) stream = this.#answersOf(stream);
      const out = this.#linear(`${number}.out`, centredLinear(layer.out));
      [stream, normed] = this.#addAndNorm(stream, z, out);
      // GELU(u) is u (1 + erf(u / sqrt 2)) / 2.
      const up = this.#linear(`${number}.up`, scaledLinear(layer.up, Math.SQRT2, Math.SQRT2));
      const product = this.#add('MatMul', [normed, up.weight]);
      const hidden = this.#add('BiasGelu', [product, up.bias], { domain: MICROSOFT });
      const down = scaledLinear(layer.down, Math.SQRT2, 1);
      const written = this.#linear(`${number}.down`, centredLinear(down));
      [stream, normed] = this.#addAndNorm(stream, hidden, written);
    }
    const { weight, bias } = this.#linear('unembedding', unembedding);
    this.#nodes.push(makeNode('Gemm', [normed, weight, bias], ['logits']));
    return this.#finish();
  }

  /** @returns [rows * length, D] */
  #embed(): string {
    const { tokens, positions, patches } = this.transformer;
    const lookUp = (input: string, table: FloatConstant) =>
      this.#add('Gather', [
        this.#floats(`${input}.table`, centredRows(table)),
        this.#reshape(input, [-1]),
      ]);
    let stream = lookUp(FUSED_INPUTS.tokens, tokens);
    if (positions) stream = this.#add('Add', [stream, lookUp(FUSED_INPUTS.positions, positions)]);
    if (!patches) return stream;
    const projection = this.#floats('projection', centredRows(patches));
    const projected = this.#add('MatMul', [FUSED_INPUTS.features, projection]);
    const inputs = [stream, FUSED_INPUTS.featureRows, projected];
    return this.#add('ScatterND', inputs, { attributes: { reduction: 'add' } });
  }

  #rotation(): Rotation {
    const { frequencies } = this.transformer;
    const ids = this.#add('Cast', [FUSED_INPUTS.positions], { attributes: { to: float32 } });
    const row = this.#floats('frequencies', { dims: [frequencies.length], values: frequencies });
    const angles = this.#add('Mul', [this.#reshape(ids, [-1, 1]), row]);
    return { cosines: this.#add('Cos', [angles]), sines: this.#add('Sin', [angles]) };
  }

  /**
   * @param normed [rows * length, D]
   * @returns the heads' outputs side by side: [rows * length, D], or those of the answers
   */
  #attention(
    layer: number,
    { qkv }: TransformerLayer,
    normed: string,
    { cosines, sines }: Rotation,
    answersOnly: boolean,
  ): string {
    const { width, heads } = this.transformer;
    const keep = (tensor: string) => (answersOnly ? this.#answersOf(tensor) : tensor);
    const project = (part: 0 | 1 | 2, input: string) => {
      const outputs = linearOutputs(qkv, part * width, (part + 1) * width);
      const { weight, bias } = this.#linear(`${layer}.${'qkv'.charAt(part)}`, outputs);
      return this.#byRow(this.#add('Gemm', [input, weight, bias]), width);
    };
    const rotate = (input: string, tables: readonly string[]) => {
      const byRow = tables.map((table) => this.#byRow(table, width / heads / 2));
      return this.#add('RotaryEmbedding', [input, ...byRow], { attributes: { num_heads: heads } });
    };
    const queries = rotate(project(0, keep(normed)), [keep(cosines), keep(sines)]);
    const keys = rotate(project(1, normed), [cosines, sines]);
    const values = project(2, normed);
    const length = this.#size(1);
    const bias = keep(this.#reshape(FUSED_INPUTS.bias, [-1, length]));
    const mask = this.#reshape(bias, [this.#size(0), 1, -1, length]);
    const z = this.#add('Attention', [queries, keys, values, mask], {
      attributes: { q_num_heads: heads, kv_num_heads: heads },
    });
    return this.#reshape(z, [-1, width]);
  }

  /** Adds what a block writes to the stream. @returns the new stream, and its norm */
  #addAndNorm(stream: string, input: string, { weight, bias }: LinearNames): [string, string] {
    const written = this.#add('MatMul', [input, weight]);
    const normed = `v${this.#nodes.length}`;
    const sum = `${normed}.sum`;
    const inputs = [written, stream, this.#gain(), bias];
    const options = { domain: MICROSOFT, attributes: this.#epsilon };
    this.#nodes.push(
      makeNode('SkipSimplifiedLayerNormalization', inputs, [normed, '', '', sum], options),
    );
    return [sum, normed];
  }

  /** The norms' own gain is part of the linear map after them. */
  #gain(): string {
    const { width } = this.transformer;
    return this.#floats('ones', { dims: [width], values: new Float32Array(width).fill(1) });
  }

  #answersOf(tensor: string): string {
    return this.#add('Gather', [tensor, FUSED_INPUTS.answers]);
  }

  /** [rows * n, size] -> [rows, n, size] */
  #byRow(tensor: string, size: number): string {
    return this.#reshape(tensor, [this.#size(0), -1, size]);
  }

  /** @param sizes numbers, and names of tensors [1] that hold one */
  #reshape(tensor: string, sizes: readonly (number | string)[]): string {
    const parts = sizes.map((size) => (typeof size === 'number' ? this.#integer(size) : size));
    const shape = parts.length === 1 ? (parts[0] ?? '') : this.#concat(parts);
    return this.#add('Reshape', [tensor, shape]);
  }

  #concat(parts: readonly string[]): string {
    return this.#add('Concat', parts, { attributes: { axis: 0 } });
  }

  /** int64 [1]: B is axis 0 of the tokens, T is axis 1. */
  #size(axis: 0 | 1): string {
    const attributes = { start: axis, end: axis + 1 };
    return this.#add('Shape', [FUSED_INPUTS.tokens], { attributes });
  }

  #integer(value: number): string {
    const name = `int ${value}`;
    this.#constants.set(name, makeTensor(name, 'int64', [1], BigInt64Array.of(BigInt(value))));
    return name;
  }

  #floats(name: string, { dims, values }: FloatConstant): string {
    this.#constants.set(name, makeTensor(name, 'float32', dims, values));
    return name;
  }

  #linear(name: string, { weight, bias }: Linear): LinearNames {
    return {
      weight: this.#floats(`${name}.weight`, weight),
      bias: this.#floats(`${name}.bias`, { dims: [bias.length], values: bias }),
    };
  }

  #add(opType: string, inputs: readonly string[], options: NodeOptions = {}): string {
    const key = JSON.stringify([opType, inputs, options]);
    const known = this.#outputs.get(key);
    if (known !== undefined) return known;
    const output = `v${this.#nodes.length}`;
    this.#nodes.push(makeNode(opType, inputs, [output], options));
    this.#outputs.set(key, output);
    return output;
  }

  #finish(): OnnxModel {
    const { patches, unembedding } = this.transformer;
    const { tokens, positions, bias, answers, features, featureRows } = FUSED_INPUTS;
    const inputs = [
      makeValueInfo(tokens, int32, ['batch', 'length']),
      makeValueInfo(positions, int32, ['batch', 'length']),
      makeValueInfo(bias, float32, ['batch', 'length', 'length']),
      makeValueInfo(answers, int64, ['answers']),
    ];
    if (patches) {
      inputs.push(makeValueInfo(features, float32, ['patches', patches.dims[0] ?? 0]));
      inputs.push(makeValueInfo(featureRows, int64, ['patches', 1]));
    }
    const outputs = [makeValueInfo('logits', float32, ['answers', unembedding.bias.length])];
    const initializers = [...this.#constants.values()];
    const graph = makeGraph({ name: 'fused', nodes: this.#nodes, inputs, outputs, initializers });
    const model = makeModel(graph, OPSET_VERSION);
    const microsoft = { domain: MICROSOFT, version: 1, unread: [] };
    return {
      ...model,
      irVersion: IR_VERSION,
      opsetImports: [...model.opsetImports, microsoft],
    };
  }
}

/** The names of a linear map's constants. */
interface LinearNames {
  readonly weight: string;
  readonly bias: string;
}
