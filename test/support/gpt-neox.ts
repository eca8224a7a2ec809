/**
 * GPT-NeoX in plain arrays and double precision, from the files of a Hugging Face repository alone. It
 * shares no code with the trainer, so that it can check what is exported (Black et al. 2022; config as
 * in transformers' GPTNeoXConfig).
 */

export interface NeoxConfig {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly intermediate_size: number;
  readonly rotary_emb_base: number;
  readonly rotary_pct: number;
  readonly layer_norm_eps: number;
  readonly hidden_act: string;
  readonly use_parallel_residual: boolean;
}

export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Reads a safetensors file of F32 and F16 tensors. */
export function readTensors(file: Uint8Array): {
  tensors: ReadonlyMap<string, Tensor>;
  metadata: Readonly<Record<string, string>>;
} {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, start))) as Record<
    string,
    HeaderEntry
  >;
  const { __metadata__: metadata, ...entries } = header;
  const tensors = new Map<string, Tensor>();
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(entries)) {
    const [from, to] = offsets;
    const bytes = dtype === 'F32' ? 4 : dtype === 'F16' ? 2 : Number.NaN;
    const values = Float64Array.from({ length: (to - from) / bytes }, (_, index) => {
      const at = start + from + bytes * index;
      return bytes === 4 ? view.getFloat32(at, true) : halfValue(view.getUint16(at, true));
    });
    tensors.set(name, { shape, values });
  }
  return { tensors, metadata: (metadata ?? {}) as unknown as Record<string, string> };
}

/** IEEE 754 binary16 */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The logits after the last token. */
export function neoxLogits(
  config: NeoxConfig,
  tensors: ReadonlyMap<string, Tensor>,
  tokens: readonly number[],
  positions: readonly number[],
): number[] {
  const { hidden_size: width, num_attention_heads: heads } = config;
  const size = width / heads;
  const weight = (name: string): Tensor => {
    const tensor = tensors.get(name);
    if (!tensor) throw new RangeError(`there is no tensor ${name}`);
    return tensor;
  };
  const linear = (name: string, input: readonly number[]): number[] =>
    matVec(weight(`${name}.weight`), input).map(
      (sum, output) => sum + (tensors.get(`${name}.bias`)?.values[output] ?? 0),
    );
  const norm = (name: string, input: readonly number[]): number[] => {
    const mean = sum(input) / width;
    const variance = sum(input.map((value) => (value - mean) ** 2)) / width;
    const scale = 1 / Math.sqrt(variance + config.layer_norm_eps);
    const [gain, bias] = [weight(`${name}.weight`).values, weight(`${name}.bias`).values];
    return input.map(
      (value, index) => (value - mean) * scale * (gain[index] ?? 0) + (bias[index] ?? 0),
    );
  };

  const embedding = weight('gpt_neox.embed_in.weight').values;
  let stream = tokens.map((token) => [...embedding.subarray(token * width, (token + 1) * width)]);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const block = `gpt_neox.layers.${layer}`;
    const qkv = stream.map((x) =>
      linear(`${block}.attention.query_key_value`, norm(`${block}.input_layernorm`, x)),
    );
    // Each head has its query, key and value next to one another.
    const part = (at: number, head: number, which: number) =>
      (qkv[at] ?? []).slice((3 * head + which) * size, (3 * head + which + 1) * size);
    const rotated = (at: number, head: number, which: number) =>
      rotate(config, part(at, head, which), positions[at] ?? 0);
    const attended = stream.map(() => [] as number[]);
    for (let head = 0; head < heads; head++) {
      const keys = stream.map((_, at) => rotated(at, head, 1));
      for (const [at, row] of attended.entries()) {
        const query = rotated(at, head, 0);
        const scores = keys.slice(0, at + 1).map((key) => dot(query, key) / Math.sqrt(size));
        const exponentials = scores.map((score) => Math.exp(score - Math.max(...scores)));
        const total = sum(exponentials);
        const mixed = new Array<number>(size).fill(0);
        for (const [earlier, share] of exponentials.entries()) {
          for (const [index, value] of part(earlier, head, 2).entries()) {
            mixed[index] = (mixed[index] ?? 0) + (share / total) * value;
          }
        }
        row.push(...mixed);
      }
    }
    stream = stream.map((x, at) => {
      const attention = linear(`${block}.attention.dense`, attended[at] ?? []);
      const middle = add(x, attention);
      const second = config.use_parallel_residual ? x : middle;
      const normed = norm(`${block}.post_attention_layernorm`, second);
      const hidden = linear(`${block}.mlp.dense_h_to_4h`, normed).map(activation(config));
      return add(middle, linear(`${block}.mlp.dense_4h_to_h`, hidden));
    });
  }
  return linear('embed_out', norm('gpt_neox.final_layer_norm', stream.at(-1) ?? []));
}

/** Rotates the pairs (i, i + n / 2) of the first n entries, n = rotary_pct of them. */
function rotate(config: NeoxConfig, vector: readonly number[], position: number): number[] {
  const rotated = [...vector];
  const half = (vector.length * config.rotary_pct) / 2;
  for (let pair = 0; pair < half; pair++) {
    const angle = position * config.rotary_emb_base ** (-pair / half);
    const [a, b] = [vector[pair] ?? 0, vector[pair + half] ?? 0];
    rotated[pair] = a * Math.cos(angle) - b * Math.sin(angle);
    rotated[pair + half] = b * Math.cos(angle) + a * Math.sin(angle);
  }
  return rotated;
}

function activation({ hidden_act: name }: NeoxConfig): (x: number) => number {
  if (name !== 'gelu') throw new RangeError(`hidden_act is ${name}`);
  return (x) => (x / 2) * (1 + erf(x / Math.SQRT2));
}

/** Maclaurin series for small arguments, 1 beyond: accurate to 1e-9 and better. */
function erf(x: number): number {
  if (Math.abs(x) > 4.5) return Math.sign(x);
  let term = x;
  let total = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n++) {
    term *= -(x * x) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}

/** @param weight [out, in] */
function matVec({ shape, values }: Tensor, input: readonly number[]): number[] {
  const [outputs = 0, inputs = 0] = shape;
  return Array.from({ length: outputs }, (_, output) => {
    let total = 0;
    for (let i = 0; i < inputs; i++) total += (values[output * inputs + i] ?? 0) * (input[i] ?? 0);
    return total;
  });
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((total, value, index) => total + value * (b[index] ?? 0), 0);
const add = (a: readonly number[], b: readonly number[]) =>
  a.map((value, index) => value + (b[index] ?? 0));
