import { Option, type Command } from 'commander';
import { TASK_WORDING, WORDING_NAMES, type WordingName } from '../../task/language/task-wording.ts';
import { TEMPLATES } from '../../task/language/templates.ts';
import { WORD_LIST_NAMES, WORD_LISTS, type WordListName } from '../../task/language/word-lists.ts';
import type { Wording } from '../../task/language/word-prompt.ts';
import { bounded, MODALITIES, type Modality } from '../../task/spec.ts';
import { numberOf } from '../options.ts';
import type { Terminal } from '../terminal.ts';
import type { LanguageEndpoint } from './ask-words.ts';
import { ENDPOINT_APIS, endpointAddress, type EndpointApi } from './openai-endpoint.ts';

/** Options for the wording of queries in English. */
export interface WordingOptions {
  readonly template: WordingName;
  readonly words: WordListName;
  /** `image` asks with the picture that mirrors the template. */
  readonly modality?: Modality;
}

export interface EndpointCommandOptions extends WordingOptions {
  readonly endpoint: string;
  readonly model: string;
  readonly api: EndpointApi;
  readonly maxTokens: number;
  readonly concurrency: number;
  readonly stream?: boolean;
  /** Name of the environment variable with the key. */
  readonly keyEnv: string;
  readonly timeout: number;
  readonly retries: number;
}

export function withWording(command: Command): Command {
  return command
    .addOption(
      new Option('--template <name>', 'the wording; task: what the models of this project read')
        .choices(WORDING_NAMES)
        .default('list'),
    )
    .addOption(
      new Option('--words <list>', 'the words').choices(WORD_LIST_NAMES).default('everyday'),
    )
    .addOption(
      new Option(
        '--modality <name>',
        'image: the picture that mirrors the template (default: that of the template)',
      ).choices(MODALITIES),
    );
}

/** Options of an OpenAI-compatible endpoint, besides its address and model. */
export function withEndpointDetails(command: Command): Command {
  return withWording(command)
    .addOption(
      new Option('--api <name>', 'which API of the endpoint')
        .choices(ENDPOINT_APIS)
        .default('chat'),
    )
    .option(
      '--max-tokens <number>',
      'most tokens of an answer',
      numberOf(bounded('it', 1, 100_000)),
      32,
    )
    .option(
      '--concurrency <number>',
      'requests at the same time',
      numberOf(bounded('it', 1, 256)),
      4,
    )
    .option('--stream', 'ask for answers as a stream of events')
    .option('--key-env <name>', 'environment variable with the key', 'OPENAI_API_KEY');
}

/**
 * The wording that the options choose. The template `task` has words of its own.
 *
 * @throws Error where a picture is wanted of a template that has none
 */
export function wordingOf({ template, words, modality }: WordingOptions): Wording {
  if (template === TASK_WORDING.template.id) {
    if (modality !== 'image') return TASK_WORDING;
    throw new Error(`--template ${template} is text: --modality image needs another template`);
  }
  const given = TEMPLATES[template];
  const isMirrored = modality !== undefined && modality !== given.modality;
  return { template: isMirrored ? TEMPLATES[given.mirror] : given, words: WORD_LISTS[words] };
}

/** @throws Error where the options contradict each other */
export function languageEndpoint(
  options: EndpointCommandOptions,
  { env, signal }: Pick<Terminal, 'env' | 'signal'>,
): LanguageEndpoint {
  const { endpoint: url, model, api, maxTokens, concurrency, keyEnv, retries } = options;
  if (api === 'completions' && wordingOf(options).template.modality === 'image')
    throw new Error('--api completions takes no pictures: use --api chat');
  endpointAddress(url, api);
  const key = env[keyEnv];
  return {
    ...{ url, model, api, maxTokens, concurrency, retries },
    stream: options.stream ?? false,
    timeout: 1000 * options.timeout,
    ...(key && { key }),
    ...(signal && { signal }),
  };
}
