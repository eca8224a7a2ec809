import { floatAttribute, intAttribute } from '../attributes.ts';
import { indexGraph } from '../graph.ts';
import type { OnnxModel } from '../model.ts';
import { Constants, type FloatConstant } from './constants.ts';
import { Mismatch, NodeReader, require, requireShape } from './node-reader.ts';
import type { Linear, Transformer, TransformerLayer } from './transformer.ts';

/**
 * Reads the transformer out of a graph that the trainer exported, whatever its tensors are called. Every node between
 * the inputs and the logits is checked.
 *
 * @returns undefined where the graph is another one, such as that of an imported model
 * @throws OnnxError where the graph is not valid
 */
export function readTransformer(model: OnnxModel): Transformer | undefined {
  const { producers } = indexGraph(model.graph);
  try {
    return new Reader(producers, new Constants(model.graph, producers)).transformer('logits');
  } catch (error) {
    if (error instanceof Mismatch) return undefined;
    throw error;
  }
}

/** What all layers must have in common. */
type Shared = Pick<Transformer, 'width' | 'heads' | 'epsilon' | 'frequencies'>;

/** Reads from outputs to inputs. */
class Reader extends NodeReader {
  #shared: Shared | undefined;

  transformer(logits: string): Transformer {
    const last = this.#normedLinear(this.inputOf(logits, 'Identity'));
    const [stream = '', rows = ''] = this.node(last.input, 'Gather').inputs;
    require(rows === 'answer_index');
    const [width = 0] = last.linear.weight.dims;
    const layers: TransformerLayer[] = [];
    let before = this.flat(stream, width);
    for (let layer = this.#layer(before, width); layer; layer = this.#layer(before, width)) {
      layers.unshift(layer);
      before = layer.before;
    }
    const shared = this.#shared;
    require(shared !== undefined && shared.epsilon === last.epsilon);
    return { ...shared, ...this.#embeddings(before, width), layers, unembedding: last.linear };
  }

  /** @returns undefined where the stream is not the sum of another stream and of a perceptron */
  #layer(
    after: string,
    width: number,
  ): (TransformerLayer & { readonly before: string }) | undefined {
    const { opType, inputs } = this.node(after);
    if (opType !== 'Add') return undefined;
    const [middle = '', mlp = ''] = inputs.map((name) => this.flat(name, width));
    if (this.producers.get(mlp)?.opType !== 'Add') return undefined;
    const down = this.#linear(mlp);
    const up = this.#normedLinear(this.#erfGelu(down.input, down.linear.weight.dims[0] ?? 0));
    require(up.input === middle);
    const [before = '', attended = ''] = this.node(middle, 'Add').inputs.map((name) =>
      this.flat(name, width),
    );
    const out = this.#linear(attended);
    const { qkv: scores, heads, frequencies } = this.#attention(out.input);
    const qkv = this.#normedLinear(scores);
    require(qkv.input === before && qkv.epsilon === up.epsilon);
    const shared = { width, heads, frequencies, epsilon: qkv.epsilon };
    this.#shared ??= shared;
    require(JSON.stringify(shared) === JSON.stringify(this.#shared));
    require(width === heads * frequencies.length * 2);
    requireShape(qkv.linear.weight, [width, 3 * width]);
    requireShape(out.linear.weight, [width, width]);
    requireShape(up.linear.weight, [width, up.linear.bias.length]);
    requireShape(down.linear.weight, [up.linear.bias.length, width]);
    return { before, qkv: qkv.linear, out: out.linear, up: up.linear, down: down.linear };
  }

  /** x W + b */
  #linear(output: string): { input: string; linear: Linear } {
    const [product = '', added = ''] = this.node(output, 'Add').inputs;
    const [input = '', matrix = ''] = this.node(product, 'MatMul').inputs;
    const weight = this.constant(matrix);
    const { dims, values: bias } = this.constant(added);
    const [inner = 0, outer] = weight.dims;
    require(weight.dims.length === 2 && dims.length === 1 && bias.length === outer);
    return { input: this.flat(input, inner), linear: { weight, bias } };
  }

  /** norm(x) W + b, where the norm itself has no gain and no bias. */
  #normedLinear(output: string): { input: string; linear: Linear; epsilon: number } {
    const { input: normed, linear } = this.#linear(output);
    const node = this.node(normed, 'LayerNormalization');
    const [input = '', scale = '', bias = ''] = node.inputs;
    const [width = 0] = linear.weight.dims;
    require(bias === '' && intAttribute(node, 'axis') === -1);
    requireShape(this.constant(scale), [width]);
    require(this.constant(scale).values.every((gain) => gain === 1));
    const epsilon = floatAttribute(node, 'epsilon') ?? NaN;
    return { input: this.flat(input, width), linear, epsilon };
  }

  /** y (1 + erf y) @returns y */
  #erfGelu(output: string, width: number): string {
    const [y = '', factor = ''] = this.node(output, 'Mul').inputs;
    const [erf = '', one = ''] = this.node(factor, 'Add').inputs;
    require(this.scalar(one) === 1 && this.inputOf(erf, 'Erf') === y);
    return this.flat(y, width);
  }

  /** Attention with rotary embeddings. Inside, the last axis is that of tokens or that of a head. */
  #attention(output: string): { qkv: string; heads: number; frequencies: Float32Array } {
    const z = this.transposed(output, [0, 2, 1, 3]);
    const [pattern = '', values = ''] = this.node(z, 'MatMul').inputs;
    const softmax = this.node(pattern, 'Softmax');
    require(intAttribute(softmax, 'axis') === -1);
    const [scaled = '', bias = ''] = this.node(softmax.inputs[0] ?? '', 'Add').inputs;
    const mask = this.reshape(bias);
    require(mask.input === 'attention_bias' && mask.sizes === 'rows,1,tokens,tokens');
    const [products = '', scale = ''] = this.node(scaled, 'Mul').inputs;
    const [queries = '', keys = ''] = this.node(products, 'MatMul').inputs;

    // One of the two is transposed for the product.
    const tokensLast = this.producers.get(keys)?.opType === 'Split';
    const byToken = (name: string, isTransposed: boolean) =>
      isTransposed ? this.transposed(name, [0, 1, 3, 2]) : name;
    const rotated = this.split(byToken(queries, tokensLast), 1);
    const [q, k] = rotated.outputs;
    require(q === byToken(queries, tokensLast) && k === byToken(keys, !tokensLast));
    const [heads = 0, others] = rotated.sizes;
    require(heads === others);
    const rotary = this.#rotary(rotated.input, tokensLast);

    const parts = this.split(rotary.input, 1);
    require(parts.outputs[1] === byToken(values, tokensLast));
    require(parts.sizes.join() === `${2 * heads},${heads}`);
    const size = 2 * rotary.frequencies.length;
    require(Math.abs(this.scalar(scale) - 1 / Math.sqrt(size)) < 1e-6);
    const qkv = this.#headsOf(parts.input, 3 * heads, size, tokensLast);
    return { qkv, heads, frequencies: rotary.frequencies };
  }

  /** [rows, heads, tokens, size], or with the last two axes exchanged. @returns the tensor [rows * tokens, heads * size] */
  #headsOf(output: string, heads: number, size: number, tokensLast: boolean): string {
    if (!tokensLast) {
      const split = this.reshape(this.transposed(output, [0, 2, 1, 3]));
      require(split.sizes === `rows,tokens,${heads},${size}`);
      return this.flat(split.input, heads * size);
    }
    const split = this.reshape(output);
    require(split.sizes === `rows,${heads},${size},tokens`);
    const byRow = this.reshape(this.transposed(split.input, [0, 2, 1]));
    require(byRow.sizes === `rows,tokens,${heads * size}`);
    return this.flat(byRow.input, heads * size);
  }

  /** concat(a cos - b sin, a sin + b cos), where a and b are the halves of the input. */
  #rotary(output: string, tokensLast: boolean): { input: string; frequencies: Float32Array } {
    const axis = tokensLast ? 2 : 3;
    const joined = this.node(output, 'Concat');
    require(intAttribute(joined, 'axis') === axis && joined.inputs.length === 2);
    const [first = '', second = ''] = joined.inputs;
    const [aCos, bSin] = this.node(first, 'Sub').inputs.map((name) => this.node(name, 'Mul'));
    const [aSin, bCos] = this.node(second, 'Add').inputs.map((name) => this.node(name, 'Mul'));
    const [a = '', cos = ''] = aCos?.inputs ?? [];
    const [b = '', sin = ''] = bSin?.inputs ?? [];
    require(aSin?.inputs.join() === `${a},${sin}` && bCos?.inputs.join() === `${b},${cos}`);
    const halves = this.split(a, axis);
    require(halves.outputs.join() === `${a},${b}`);
    const angles = this.inputOf(cos, 'Cos');
    require(this.inputOf(sin, 'Sin') === angles);
    const [positions = '', factors = ''] = this.node(angles, 'Mul').inputs;
    const { dims, values: frequencies } = this.constant(factors);
    const half = frequencies.length;
    require(halves.sizes.join() === `${half},${half}`);
    require(dims.join() === (tokensLast ? `${half},1` : `${half}`));
    let column = this.reshape(positions);
    require(column.sizes === (tokensLast ? 'rows,1,1,tokens' : 'rows,1,tokens,1'));
    if (tokensLast) {
      column = this.reshape(column.input);
      require(column.sizes === 'rows,1,tokens');
    }
    require(this.inputOf(column.input, 'Cast') === 'positions');
    return { input: halves.input, frequencies };
  }

  /** A sum of tables looked up by tokens and positions, and of projected patch features. */
  #embeddings(
    output: string,
    width: number,
  ): Pick<Transformer, 'tokens' | 'positions' | 'patches'> {
    const found = new Map<string, FloatConstant>();
    const pending = [output];
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      const { opType, inputs } = this.node(this.flat(name, width));
      const [first = '', second = ''] = inputs;
      if (opType === 'Add') {
        pending.push(first, second);
        continue;
      }
      require(opType === 'Gather' || opType === 'MatMul');
      const [ids, table] = opType === 'Gather' ? [second, first] : [first, second];
      const constant = this.constant(table);
      const features = constant.dims[0] ?? 0;
      const input = opType === 'Gather' ? this.list(ids) : this.flat(ids, features);
      require(EMBEDDED[opType].includes(input) && !found.has(input));
      requireShape(constant, [features, width]);
      found.set(input, constant);
    }
    const tokens = found.get('tokens');
    const [positions, patches] = [found.get('positions'), found.get('patch_features')];
    require(tokens !== undefined);
    return { tokens, ...(positions && { positions }), ...(patches && { patches }) };
  }
}

/** The inputs that each operator may embed. */
const EMBEDDED = { Gather: ['tokens', 'positions'], MatMul: ['patch_features'] };
