import type { ModelConfig } from '../contract/recipe.ts';
import type { SafetensorsTensor } from '../onnx/safetensors.ts';
import { ConversionError } from './conversion-error.ts';
import { weightNames } from './weight-names.ts';

/**
 * The parameters of the text path, named and arranged as in a Hugging Face `GPTNeoXForCausalLM`. Values
 * are moved and not computed with, so each keeps all its bits.
 *
 * @param parameters as `readParameters` returns them
 */
export function neoxWeights(
  config: ModelConfig,
  parameters: ReadonlyMap<string, SafetensorsTensor>,
): SafetensorsTensor[] {
  return weightNames(config).map(({ name, shape, neox, layout }) => {
    const parameter = parameters.get(name);
    if (!parameter) throw new ConversionError(`the parameter "${name}" is missing`);
    if (layout === 'same') return { ...parameter, name: neox };
    const outputs = shape.at(-1) ?? 1;
    const order = layout === 'qkv' ? outputsByHead(config) : range(outputs);
    return {
      name: neox,
      type: parameter.type,
      shape: shape.toReversed(),
      bytes: transposed(parameter, order),
    };
  });
}

/**
 * Where GPT-NeoX's outputs of `query_key_value` are among those of `attn.qkv`. Ours are in the order
 * [query, key or value][head][K], those of GPT-NeoX [head][query, key or value][K], with K = D / H.
 */
function outputsByHead({ width, heads }: ModelConfig): number[] {
  const size = width / heads;
  return range(heads).flatMap((head) =>
    range(3).flatMap((part) => range(size).map((index) => part * width + head * size + index)),
  );
}

/**
 * A matrix [in, out], or a vector [out], as [out, in].
 *
 * @param order for each output of the result, which one of the matrix it is
 */
function transposed({ type, bytes }: SafetensorsTensor, order: readonly number[]): Uint8Array {
  // A copy starts at offset 0, which is aligned for any element. (slice() of a Node Buffer is no copy.)
  const { buffer } = new Uint8Array(bytes);
  const from = type === 'float32' ? new Uint32Array(buffer) : new Uint16Array(buffer);
  const to = from.slice();
  const outputs = order.length;
  const inputs = from.length / outputs;
  for (const [output, column] of order.entries()) {
    for (let input = 0; input < inputs; input++) {
      to[output * inputs + input] = from[input * outputs + column] ?? 0;
    }
  }
  return new Uint8Array(to.buffer);
}

const range = (length: number) => Array.from({ length }, (_, index) => index);
