import type { LanguageEvaluation } from '../../contract/language-evaluation.ts';
import { SCHEMA_ADDRESSES } from '../../contract/schema-addresses.ts';
import { writeAtomically } from '../../node/files.ts';
import { withProgressBar } from '../../node/progress.ts';
import { formatWholePercent } from '../../statistics/format.ts';
import { accuracyOf } from '../../statistics/intervals.ts';
import { ANSWER_KINDS, READING_RULE } from '../../task/language/read-answer.ts';
import type { Wording } from '../../task/language/word-prompt.ts';
import { rangeOfObjects } from '../../task/spec.ts';
import { codeVersion } from '../code-version.ts';
import { AnswerCache } from '../endpoint/answer-cache.ts';
import {
  askQueries,
  estimateCost,
  prepareQueries,
  type AnsweredQuery,
} from '../endpoint/ask-words.ts';
import {
  languageEndpoint,
  wordingOf,
  type EndpointCommandOptions,
} from '../endpoint/endpoint-options.ts';
import { evaluatedLanguageModel } from '../report/evaluated-models.ts';
import { writeEveryEvalEver } from '../report/every-eval-ever.ts';
import { textTable } from '../report/text-table.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';
import { wordQueries, type WordPlan } from '../word-queries.ts';

export interface EvaluateOptions extends EndpointCommandOptions, WordPlan {
  readonly cache: string | false;
  readonly estimate?: boolean;
  readonly out?: string;
  /** Folder for records of Every Eval Ever. */
  readonly eee?: string;
}

/**
 * Asks a deployed language model queries in English, and writes its accuracy by number of objects.
 *
 * @throws EndpointError where the endpoint does not answer; answers so far are in the cache
 * @throws SpecError where the words do not suffice for the objects
 */
export async function runEvaluate(options: EvaluateOptions, terminal: Terminal): Promise<ExitCode> {
  const wording = wordingOf(options);
  const queries = wordQueries(options, wording);
  const endpoint = {
    ...languageEndpoint(options, terminal),
    ...(options.cache !== false && { cache: new AnswerCache(options.cache, options.endpoint) }),
  };
  const prepared = prepareQueries(queries, endpoint);
  const { requests, promptTokens, answerTokens } = estimateCost(prepared, options.maxTokens);
  const known = queries.length - requests;
  terminal.err(
    `${requests} requests${known > 0 ? `, ${known} answers are in the cache` : ''}; about ${promptTokens} tokens of ` +
      `prompts, at most ${answerTokens} of answers\n`,
  );
  if (options.estimate) return EXIT.pass;
  const answered = await withProgressBar('evaluate', (onProgress) =>
    askQueries(prepared, endpoint, onProgress),
  );
  const result = resultOf(options, wording, answered);
  if (options.out !== undefined)
    writeAtomically(options.out, `${JSON.stringify(result, null, 2)}\n`);
  if (options.eee !== undefined)
    writeEveryEvalEver(options.eee, [evaluatedLanguageModel(result, answered)], result.recorded);
  terminal.out(describe(result));
  return EXIT.pass;
}

function resultOf(
  { endpoint, model, api, template, maxTokens, objects, order, question, seed }: EvaluateOptions,
  wording: Wording,
  answered: readonly AnsweredQuery[],
): LanguageEvaluation {
  const within = (keep: (count: number) => boolean) =>
    answered.filter(({ query }) => keep(query.spec.objects));
  const share = (some: readonly AnsweredQuery[]) => accuracyOf(some.map(({ correct }) => correct));
  const pooled = (range: 'id' | 'ood') => {
    const some = within((count) => rangeOfObjects(count) === range);
    return some.length > 0 ? share(some) : null;
  };
  const sum = (part: 'promptTokens' | 'answerTokens') =>
    answered.reduce((total, { answer }) => total + (answer[part] ?? 0), 0);
  return {
    $schema: SCHEMA_ADDRESSES.languageEvaluation,
    schema: 1,
    ...{ endpoint, model, api, template, words: wording.words.id },
    ...{ modality: wording.template.modality, order, question, seed, maxTokens },
    readingRule: READING_RULE,
    recorded: new Date().toISOString(),
    code: codeVersion(),
    byObjects: objects.map((count) => {
      const some = within((one) => one === count);
      const kinds = Object.fromEntries(
        ANSWER_KINDS.map((kind) => [kind, some.filter(({ read }) => read.kind === kind).length]),
      ) as LanguageEvaluation['byObjects'][number]['kinds'];
      return { objects: count, ...share(some), kinds };
    }),
    id: pooled('id'),
    ood: pooled('ood'),
    tokens: { prompt: sum('promptTokens'), answer: sum('answerTokens') },
    answers: answered.map(({ query, answer, read, correct }) => ({
      query: query.id,
      objects: query.spec.objects,
      position: query.position,
      target: query.prompt.answer,
      text: answer.text,
      kind: read.kind,
      word: read.kind === 'word' ? read.word : null,
      correct,
    })),
  };
}

function describe({ model, template, order, byObjects, id, ood }: LanguageEvaluation): string {
  const head = ['objects', 'correct', 'accuracy', '95 % interval'];
  const rows = byObjects.map(({ objects, correct, count, accuracy, interval, kinds }) => {
    const [low, high] = interval.map(formatWholePercent);
    return [
      ...[objects, `${correct}/${count}`, formatWholePercent(accuracy), `${low} to ${high}`],
      ...[kinds.ambiguous, kinds.refusal, kinds.empty, kinds.other],
    ];
  });
  const table = textTable([...head, 'ambiguous', 'refused', 'empty', 'other'], rows);
  const ranges = [
    ...(id ? [`up to 8 objects ${formatWholePercent(id.accuracy)}`] : []),
    ...(ood ? [`more than 8 objects ${formatWholePercent(ood.accuracy)}`] : []),
  ];
  return `${table}${model}, ${template}, associations ${order}: ${ranges.join(', ')}\n`;
}
