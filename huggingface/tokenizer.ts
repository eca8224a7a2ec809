import { describeToken, SPECIAL_TOKENS, TOKEN_COUNT } from '../task/tokens.ts';
import { MAX_POSITIONS } from './model-config.ts';

/**
 * A tokenizer for the task's words: text is split at white space, and each word is a token. The `text` of a
 * query from the API becomes its `tokens`. A word that is not in the vocabulary is an error, since
 * no token means "unknown".
 *
 * @returns the content of `tokenizer.json`
 * @see https://huggingface.co/docs/tokenizers/components
 */
export function tokenizerFile() {
  const names = Array.from({ length: TOKEN_COUNT }, (_, token) => describeToken(token).name);
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: Object.entries(SPECIAL_TOKENS).map(([content, id]) => ({
      id,
      content,
      single_word: true,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(names.map((name, token) => [name, token])),
      // The format demands a name; that it is not in the vocabulary makes unknown words an error.
      unk_token: '[UNK]',
    },
  };
}

/**
 * `special_tokens_map.json`. PAD also takes the roles of the tokens that begin and end a text, which
 * the task does not have: tools that find none would add a token of their own.
 */
export function specialTokensMap() {
  const [pad, ...others] = Object.keys(SPECIAL_TOKENS);
  return {
    bos_token: pad,
    eos_token: pad,
    pad_token: pad,
    additional_special_tokens: others,
  };
}

/** `tokenizer_config.json` */
export function tokenizerConfig() {
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    model_max_length: MAX_POSITIONS,
    // Without this list some tools would add token_type_ids, which GPT-NeoX does not take.
    model_input_names: ['input_ids', 'attention_mask'],
    padding_side: 'left',
    clean_up_tokenization_spaces: false,
    ...specialTokensMap(),
  };
}
