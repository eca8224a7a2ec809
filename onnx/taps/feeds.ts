import {
  HEAD_ROWS,
  headHook,
  patchIndices,
  patchValues,
  RESIDUAL_ROWS,
  residualHook,
  scoresHook,
} from './hooks.ts';
import type { TappedModel } from './tap-model.ts';

/** The tensors that a run of a tapped model is fed with, beside the model's own inputs. */

/** A token of a batch: its row, and its index in the row. */
export interface TokenIndex {
  readonly row: number;
  readonly token: number;
}

export interface ResidualPatch extends TokenIndex {
  /** Before which layer; the number of layers means after the last. */
  readonly layer: number;
  /** [D] */
  readonly vector: Float32Array;
}

export interface HeadPatch extends TokenIndex {
  readonly layer: number;
  readonly head: number;
  /** [K]; without it the head puts out zeros. */
  readonly vector?: Float32Array;
}

/** Keeps a token from attending to another, in all heads of the layers from first to last. */
export interface AttentionCut {
  readonly layers: readonly [first: number, last: number];
  readonly row: number;
  readonly from: number;
  readonly to: number;
}

export interface Patches {
  readonly residuals?: readonly ResidualPatch[];
  readonly heads?: readonly HeadPatch[];
  readonly cuts?: readonly AttentionCut[];
}

export interface HookFeed {
  readonly type: 'int64' | 'float32';
  readonly data: BigInt64Array | Float32Array;
  readonly dims: readonly number[];
}

export interface BatchSize {
  readonly rows: number;
  readonly tokens: number;
}

/**
 * A score after which the Softmax gives exactly 0. It is the least that float16 holds: in a model of float16, less
 * would become -Infinity, and a row of nothing but -Infinity becomes NaN.
 */
const CUT_SCORE = -65504;

/**
 * @param read the tokens whose activations are put out: rows of `blocks.N.hook_resid_pre` are in this order, rows of
 *   `blocks.N.attn.hook_z` have all heads of the first token, then those of the next
 * @returns a feed for every input that the tapped model has more than the original
 * @throws RangeError for a layer that is not tapped, or a token, head or vector that does not fit. Of patches of the
 *   same place the last one counts.
 */
export function hookFeeds(
  { layers, width, heads, tapped }: TappedModel,
  batch: BatchSize,
  { residuals = [], heads: headPatches = [], cuts = [] }: Patches = {},
  read: readonly TokenIndex[] = [],
): Record<string, HookFeed> {
  const feeds: Record<string, HookFeed> = {};
  const flatToken = ({ row, token }: TokenIndex) => {
    requireIndex('row', row, batch.rows);
    requireIndex('token', token, batch.tokens);
    return row * batch.tokens + token;
  };
  const flatHead = ({ row, token, head }: TokenIndex & { readonly head: number }) => {
    flatToken({ row, token });
    requireIndex('head', head, heads?.count ?? 0);
    return (row * (heads?.count ?? 0) + head) * batch.tokens + token;
  };

  const streams = byLayer(tapped.residuals, 'residual stream');
  for (const patch of residuals) streams.at(patch.layer).set(flatToken(patch), patch.vector);
  for (const [layer, vectors] of streams.entries) {
    addRowPatches(feeds, residualHook(layer, layers), vectors, width);
  }
  const outputs = byLayer(tapped.heads, 'heads');
  const zeros = new Float32Array(heads?.width ?? 0);
  for (const patch of headPatches) {
    outputs.at(patch.layer).set(flatHead(patch), patch.vector ?? zeros);
  }
  for (const [layer, vectors] of outputs.entries) {
    addRowPatches(feeds, headHook(layer), vectors, heads?.width ?? 0);
  }
  const scores = byLayer<readonly number[]>(tapped.scores, 'attention');
  for (const {
    layers: [first, last],
    row,
    from,
    to,
  } of cuts) {
    flatToken({ row, token: from });
    flatToken({ row, token: to });
    for (let layer = first; layer <= last; layer++) {
      scores.at(layer).set((row * batch.tokens + from) * batch.tokens + to, [row, from, to]);
    }
  }
  for (const [layer, places] of scores.entries) {
    addCuts(feeds, scoresHook(layer), [...places.values()], heads?.count ?? 0);
  }
  if (tapped.residuals.length > 0) feeds[RESIDUAL_ROWS] = integers(read.map(flatToken), []);
  if (tapped.heads.length > 0) {
    const count = heads?.count ?? 0;
    const rows = read.flatMap((at) =>
      Array.from({ length: count }, (_, head) => flatHead({ ...at, head })),
    );
    feeds[HEAD_ROWS] = integers(rows, []);
  }
  return feeds;
}

/** What is patched at each tapped layer, by place. */
function byLayer<T = Float32Array>(tapped: readonly number[], what: string) {
  const entries = new Map(tapped.map((layer) => [layer, new Map<number, T>()]));
  const at = (layer: number) => {
    const found = entries.get(layer);
    if (!found) throw new RangeError(`the ${what} of layer ${layer} is not tapped`);
    return found;
  };
  return { entries, at };
}

function addRowPatches(
  feeds: Record<string, HookFeed>,
  hook: string,
  vectors: ReadonlyMap<number, Float32Array>,
  width: number,
): void {
  const data = new Float32Array(vectors.size * width);
  [...vectors.values()].forEach((vector, at) => {
    if (vector.length !== width) {
      throw new RangeError(`${hook} has ${width} values a token; a patch has ${vector.length}`);
    }
    data.set(vector, at * width);
  });
  feeds[patchIndices(hook)] = integers([...vectors.keys()], [1]);
  feeds[patchValues(hook)] = { type: 'float32', data, dims: [vectors.size, width] };
}

function addCuts(
  feeds: Record<string, HookFeed>,
  hook: string,
  places: readonly (readonly number[])[],
  heads: number,
): void {
  const indices = places.flatMap(([row = 0, from = 0, to = 0]) =>
    Array.from({ length: heads }, (_, head) => [row, head, from, to]).flat(),
  );
  const count = places.length * heads;
  feeds[patchIndices(hook)] = integers(indices, [4]);
  feeds[patchValues(hook)] = {
    type: 'float32',
    data: new Float32Array(count).fill(CUT_SCORE),
    dims: [count],
  };
}

/** @param axes behind the first */
function integers(values: readonly number[], axes: readonly number[]): HookFeed {
  const count = values.length / axes.reduce((a, b) => a * b, 1);
  return { type: 'int64', data: BigInt64Array.from(values, BigInt), dims: [count, ...axes] };
}

function requireIndex(what: string, index: number, count: number): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new RangeError(`there is no ${what} ${index}; there are ${count}, counted from 0`);
}
