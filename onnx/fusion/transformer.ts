import type { FloatConstant } from './constants.ts';

/** Weight [in, out] and bias [out]. */
export interface Linear {
  readonly weight: FloatConstant;
  readonly bias: Float32Array;
}

/** `qkv` and `up` read the layer-normed stream; gain and bias of the norms are part of them. */
export interface TransformerLayer {
  /** [D, 3D]: queries, keys and values, each head by head. */
  readonly qkv: Linear;
  /** [D, D] */
  readonly out: Linear;
  /** [D, 4D], of the input of x (1 + erf x), which is GELU up to constant factors. */
  readonly up: Linear;
  /** [4D, D] */
  readonly down: Linear;
}

/** The transformers that this project trains, as weights and sizes. */
export interface Transformer {
  /** D */
  readonly width: number;
  readonly heads: number;
  /** Of all layer norms. */
  readonly epsilon: number;
  /** Of rotary embeddings, in radians a position: [K / 2] */
  readonly frequencies: Float32Array;
  /** [V, D] */
  readonly tokens: FloatConstant;
  /** [P, D] */
  readonly positions?: FloatConstant;
  /** [F, D] */
  readonly patches?: FloatConstant;
  readonly layers: readonly TransformerLayer[];
  /** [D, V], of the layer-normed stream. */
  readonly unembedding: Linear;
}
