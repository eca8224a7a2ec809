import type { ModelConfig } from '../contract/recipe.ts';
import { TOKEN_COUNT } from '../task/tokens.ts';

/**
 * How the values of a parameter are arranged in GPT-NeoX. Matrices are [in, out] in a bindscope model
 * and [out, in] in PyTorch; `qkv` also groups the outputs by head instead of by query, key and value.
 */
export type Layout = 'same' | 'transposed' | 'qkv';

/** A parameter of a bindscope model, and what it is called in a Hugging Face GPT-NeoX. */
export interface WeightName {
  /** As the trainer calls it. */
  readonly name: string;
  /** As in model.onnx: D is the width, V the number of tokens. */
  readonly shape: readonly number[];
  readonly neox: string;
  readonly layout: Layout;
}

/** [F, D]: the projection of patch features, which GPT-NeoX has no place for. */
export const PATCH_PROJECTION = 'patch_embed.weight';

/** Every parameter of the text path, in the order of model.onnx. */
export function weightNames({ layers, width }: ModelConfig): WeightName[] {
  const rename = (
    name: string,
    neox: string,
    shape: readonly number[],
    layout: Layout = 'same',
  ) => ({
    ...{ name, neox, shape, layout },
  });
  const norm = (name: string, neox: string) => [
    rename(`${name}.weight`, `${neox}.weight`, [width]),
    rename(`${name}.bias`, `${neox}.bias`, [width]),
  ];
  const linear = (
    name: string,
    neox: string,
    [from, to]: readonly [number, number],
    layout: 'transposed' | 'qkv' = 'transposed',
  ) => [
    rename(`${name}.weight`, `${neox}.weight`, [from, to], layout),
    rename(`${name}.bias`, `${neox}.bias`, [to], layout === 'qkv' ? layout : 'same'),
  ];
  const blocks = Array.from({ length: layers }, (_, layer) => {
    const block = `blocks.${layer}`;
    const neox = `gpt_neox.layers.${layer}`;
    return [
      ...norm(`${block}.ln1`, `${neox}.input_layernorm`),
      ...linear(
        `${block}.attn.qkv`,
        `${neox}.attention.query_key_value`,
        [width, 3 * width],
        'qkv',
      ),
      ...linear(`${block}.attn.out`, `${neox}.attention.dense`, [width, width]),
      ...norm(`${block}.ln2`, `${neox}.post_attention_layernorm`),
      ...linear(`${block}.mlp.up`, `${neox}.mlp.dense_h_to_4h`, [width, 4 * width]),
      ...linear(`${block}.mlp.down`, `${neox}.mlp.dense_4h_to_h`, [4 * width, width]),
    ];
  });
  return [
    rename('embed.weight', 'gpt_neox.embed_in.weight', [TOKEN_COUNT, width]),
    ...blocks.flat(),
    ...norm('ln_final', 'gpt_neox.final_layer_norm'),
    rename('unembed.weight', 'embed_out.weight', [width, TOKEN_COUNT], 'transposed'),
  ];
}

/** What files that were exported before December 2026 call parameters. */
const EARLIER_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^embedding\.tokens$/, 'embed.weight'],
  [/^embedding\.positions$/, 'pos_embed.weight'],
  [/^embedding\.patches$/, PATCH_PROJECTION],
  [/^unembedding$/, 'unembed.weight'],
  [/^final\.ln\.gain$/, 'ln_final.weight'],
  [/^final\.ln\.bias$/, 'ln_final.bias'],
  [/^(blocks\.\d+\.ln[12])\.gain$/, '$1.weight'],
  [/^(blocks\.\d+)\.attention\./, '$1.attn.'],
];

/** What the trainer calls a parameter today, given what a model file calls it. */
export const currentName = (name: string): string =>
  EARLIER_NAMES.reduce((current, [earlier, now]) => current.replace(earlier, now), name);
