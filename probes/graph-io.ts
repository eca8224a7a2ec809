/**
 * The inputs and outputs of a probe graph that the inference graph does not have. L layers, B rows,
 * T tokens, H heads, D width, K = D / H.
 */

/** Residual stream after a patch: value + keep * residual stream before it. */
export const RESIDUAL_KEEP = 'residual_keep'; // [L + 1, B, T, 1]
export const RESIDUAL_VALUE = 'residual_value'; // [L + 1, B, T, D]
/** The same for the outputs of single heads, before the output projection. */
export const HEAD_KEEP = 'head_keep'; // [L, B, H, T, 1]
export const HEAD_VALUE = 'head_value'; // [L, B, H, T, K]
/** Added to the attention logits of each layer, to cut attention. */
export const LAYER_BIAS = 'layer_bias'; // [L, B, T, T]

/** The residual stream before each layer, then after the last layer. */
export const RESIDUALS = 'residuals'; // [L + 1, B, T, D]
export const HEAD_OUTPUTS = 'head_outputs'; // [L, B, H, T, K]
export const PATTERNS = 'patterns'; // [L, B, H, T, T]

/** The sizes that determine the shapes of the extra inputs. */
export interface ProbeShape {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
}

/** Dimensions of the extra inputs; strings are symbolic. */
export function probeInputShapes({ layers, width, heads }: ProbeShape) {
  return {
    [RESIDUAL_KEEP]: [layers + 1, 'batch', 'length', 1],
    [RESIDUAL_VALUE]: [layers + 1, 'batch', 'length', width],
    [HEAD_KEEP]: [layers, 'batch', heads, 'length', 1],
    [HEAD_VALUE]: [layers, 'batch', heads, 'length', width / heads],
    [LAYER_BIAS]: [layers, 'batch', 'length', 'length'],
  } as const;
}
