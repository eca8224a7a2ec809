/**
 * Names of activations, as TransformerLens has them, and of the inputs and outputs that a tapped graph
 * has for them.
 */

/** The residual stream before a layer or, at `layers`, after the last. */
export const residualHook = (layer: number, layers: number): string =>
  layer < layers ? `blocks.${layer}.hook_resid_pre` : `blocks.${layers - 1}.hook_resid_post`;

/** What each head of a layer puts out, before the heads are mixed. */
export const headHook = (layer: number): string => `blocks.${layer}.attn.hook_z`;

/** The attention scores of a layer, masked, before the Softmax. */
export const scoresHook = (layer: number): string => `blocks.${layer}.attn.hook_attn_scores`;

/** int64: [N, 1] rows of the flattened activation; of scores [N, 4] as row, head, query, key. */
export const patchIndices = (hook: string): string => `${hook}.patch_indices`;

/** float32: [N, width] of what takes their place; of scores [N]. */
export const patchValues = (hook: string): string => `${hook}.patch_values`;

/** int64 [R]: rows of the flattened residual stream to put out, of every layer. */
export const RESIDUAL_ROWS = 'hook_resid.rows';

/** int64 [R]: rows of the flattened head outputs to put out, of every layer. */
export const HEAD_ROWS = 'hook_z.rows';

/** int64 [R]: rows of the flattened residual stream that logits are computed of, where a tapped graph selects them. */
export const ANSWER_ROWS = 'hook_answers.rows';
