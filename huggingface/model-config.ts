import type { TrainedCard } from '../contract/card.ts';
import { SPECIAL_TOKENS, TOKEN_COUNT } from '../task/tokens.ts';
import { ConversionError } from './conversion-error.ts';

/**
 * Tokens of the longest sequence that tools should prepare for. The longest query has 331 positions:
 * 32 objects, 200 gaps.
 */
export const MAX_POSITIONS = 512;

/** Why GPT-NeoX cannot compute what the model does; undefined where it can. */
export function reasonAgainstNeox({ recipe }: Pick<TrainedCard, 'recipe'>): string | undefined {
  const { absolutePositions, ropeBase } = recipe.model;
  if (absolutePositions > 0) {
    return 'it adds learned absolute positions to its embeddings, which GPT-NeoX does not have';
  }
  return ropeBase === 0 ? 'it has no rotary positions, which GPT-NeoX always has' : undefined;
}

/**
 * `config.json`: the settings with which Hugging Face's GPT-NeoX computes what a bindscope model does.
 *
 * @throws ConversionError where there are no such settings
 * @see https://huggingface.co/docs/transformers/model_doc/gpt_neox
 */
export function neoxConfig(card: Pick<TrainedCard, 'recipe'>) {
  const reason = reasonAgainstNeox(card);
  if (reason !== undefined) throw new ConversionError(reason);
  const { layers, width, heads, ropeBase } = card.recipe.model;
  const { PAD } = SPECIAL_TOKENS;
  return {
    architectures: ['GPTNeoXForCausalLM'],
    model_type: 'gpt_neox',
    vocab_size: TOKEN_COUNT,
    hidden_size: width,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    intermediate_size: 4 * width,
    max_position_embeddings: MAX_POSITIONS,
    hidden_act: 'gelu',
    layer_norm_eps: 1e-5,
    use_parallel_residual: false,
    attention_bias: true,
    tie_word_embeddings: false,
    // Older releases read the first two, newer ones the others.
    rotary_emb_base: ropeBase,
    rotary_pct: 1,
    rope_theta: ropeBase,
    partial_rotary_factor: 1,
    rope_scaling: null,
    attention_dropout: 0,
    hidden_dropout: 0,
    use_cache: true,
    dtype: 'float32',
    bos_token_id: PAD,
    eos_token_id: PAD,
    pad_token_id: PAD,
  };
}

/** `generation_config.json`: the answer is one token, the most probable one. */
export function generationConfig() {
  const { PAD } = SPECIAL_TOKENS;
  return {
    do_sample: false,
    max_new_tokens: 1,
    bos_token_id: PAD,
    eos_token_id: PAD,
    pad_token_id: PAD,
  };
}
