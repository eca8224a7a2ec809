import { describeToken, SPECIAL_TOKENS, TOKEN_COUNT } from '../task/tokens.ts';
import { MAX_POSITIONS } from './model-config.ts';

const PAD = describeToken(SPECIAL_TOKENS.PAD).name;

/**
 * A tokenizer for the task's words: text is split at white space, and each word is a token. The `text` of a
 * query from the API becomes its `tokens`. Other words become PAD: the task has no token for them, and
 * tools that try a tokenizer on a text of their own expect one.
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
      unk_token: PAD,
    },
  };
}

/**
 * `special_tokens_map.json`. PAD also has the roles of the tokens that begin and end a text, which the
 * task does not have: tools that find none add a token of their own, which has no embedding.
 */
export function specialTokensMap() {
  return {
    bos_token: PAD,
    eos_token: PAD,
    pad_token: PAD,
    unk_token: PAD,
    additional_special_tokens: Object.keys(SPECIAL_TOKENS).filter((name) => name !== PAD),
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
