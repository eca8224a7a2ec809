import { Option, type Command } from 'commander';
import { ProblemError } from '../../client/index.ts';
import { sha256Of } from '../../contract/digest.ts';
import { problemOf } from '../../contract/problems.ts';
import type { AskedModels, AskedResult } from '../../services/checks/deployment.ts';
import { elementAt } from '../../task/element-at.ts';
import { vocabularyOfWords } from '../../task/language/word-lists.ts';
import type { Wording } from '../../task/language/word-prompt.ts';
import { generateWordQuery } from '../../task/language/word-query.ts';
import { parseQueryName } from '../../task/query.ts';
import { DEFAULT_GRID, LIMITS, type Vocabulary } from '../../task/spec.ts';
import type { Terminal } from '../terminal.ts';
import {
  askQueries,
  prepareQueries,
  type AnsweredQuery,
  type LanguageEndpoint,
} from './ask-words.ts';
import {
  languageEndpoint,
  withEndpointDetails,
  wordingOf,
  type EndpointCommandOptions,
} from './endpoint-options.ts';

/** Options of commands that ask a deployment, and can ask a language model behind an endpoint instead. */
export type OptionalEndpoint = Omit<EndpointCommandOptions, 'endpoint' | 'model'> &
  Partial<Pick<EndpointCommandOptions, 'endpoint' | 'model'>>;

/** Options for a language model instead of a deployment. */
export function withEndpoint(command: Command): Command {
  return withEndpointDetails(
    command
      .addOption(
        new Option(
          '--endpoint <url>',
          'a language model behind an OpenAI-compatible endpoint, instead of a server',
        ).conflicts(['url', 'modelsDir', 'models']),
      )
      .option('--model <name>', 'the model, as the endpoint names it'),
  );
}

/**
 * A language model behind an endpoint, asked in English: the queries of a baseline, with the same names. Answers are
 * never taken from a cache, so that a check sees whether they repeat.
 *
 * @param id what the baseline calls it; by default made of its name
 * @returns undefined without `--endpoint`
 * @throws Error where the options contradict each other
 */
export function endpointModels(
  { endpoint, model, ...options }: OptionalEndpoint,
  terminal: Terminal,
  id?: string,
): EndpointModels | undefined {
  if (endpoint === undefined) {
    if (model !== undefined) throw new Error('--model is of an endpoint: it needs --endpoint');
    return undefined;
  }
  if (model === undefined) throw new Error('--endpoint needs --model, the name of the model there');
  const complete = { ...options, endpoint, model };
  return new EndpointModels(
    languageEndpoint(complete, terminal),
    wordingOf(complete),
    id ?? idOf(model),
  );
}

/** The one model of an endpoint. */
export class EndpointModels implements AskedModels {
  readonly source: string;
  readonly #answered = new Map<string, AnsweredQuery>();

  constructor(
    readonly endpoint: LanguageEndpoint,
    readonly wording: Wording,
    private readonly id: string,
  ) {
    const { template, words } = wording;
    this.source = `${endpoint.model} at ${endpoint.url}, template ${template.id}, words ${words.id}`;
  }

  /** What the model answered to a query of a baseline, where it was asked. */
  answered(query: string): AnsweredQuery | undefined {
    return this.#answered.get(query);
  }

  ids() {
    return Promise.resolve([this.id]);
  }

  async facts() {
    const { model, api, maxTokens } = this.endpoint;
    const { template, words } = this.wording;
    const asked = { model, api, maxTokens, template: template.id, words: words.id };
    return {
      vocabulary: vocabularyOf(this.wording),
      grid: DEFAULT_GRID,
      modalities: [template.modality],
      // There is no file: another model or another way to ask it has another digest.
      digests: { model: await digestOf(asked), encoder: null },
    };
  }

  async predict(_: string, names: readonly string[]) {
    const queries = names.map((name) => {
      const { spec, seed, ...indices } = parseQueryName(name);
      return generateWordQuery(spec, seed, indices, this.wording);
    });
    const answered = await askQueries(prepareQueries(queries, this.endpoint), this.endpoint);
    names.forEach((name, index) => this.#answered.set(name, elementAt(answered, index)));
    return {
      results: answered.map(({ query: { prompt }, answer, read, correct }): AskedResult => {
        const name = read.kind === 'word' ? read.word : `${read.kind}: ${shortened(answer.text)}`;
        const token = prompt.candidates.indexOf(prompt.answer);
        return {
          query: { text: prompt.text, answer: { token } },
          answers: [{ answer: { name }, correct }],
        };
      }),
    };
  }

  sweep() {
    const detail = 'activations of a model behind an endpoint cannot be patched; use --pairs 0';
    return Promise.reject(new ProblemError(problemOf('probe-not-found', detail)));
  }
}

/** As many words as pictures can draw, within the limits of queries that have names. */
function vocabularyOf({ words }: Wording): Vocabulary {
  const { colours, shapes, items } = vocabularyOfWords(words, true);
  return {
    colours: Math.min(colours, LIMITS.colours),
    shapes: Math.min(shapes, LIMITS.shapes),
    items: Math.min(items, LIMITS.items),
  };
}

const digestOf = (value: object) => sha256Of(new TextEncoder().encode(JSON.stringify(value)));

const shortened = (text: string) => text.trim().slice(0, 40);

/** `Qwen/Qwen2.5-7B` as `qwen-qwen2-5-7b`. */
const idOf = (model: string) =>
  model
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 64) || 'model';
