import type { RecordedCondition, RecordedModel } from '../../contract/baseline.ts';
import { unpackBits } from '../../contract/bitset.ts';
import type { ModelCard } from '../../contract/card.ts';
import type { CompareResponse, PairedOutcomes } from '../../contract/comparisons.ts';
import type { LanguageEvaluation } from '../../contract/language-evaluation.ts';
import type { Proportion } from '../../statistics/intervals.ts';
import { proportion } from '../../statistics/intervals.ts';
import type { Recording } from '../../statistics/recording.ts';
import { describeCondition, RANGE_NAMES } from '../../task/conditions.ts';
import { generateQuery, objectNames, queryName, readablePrompt } from '../../task/query.ts';
import { listQueryIndices } from '../../task/query-indices.ts';
import { parseSpec } from '../../task/spec.ts';
import { describeToken } from '../../task/tokens.ts';
import type { AskedModels } from '../../services/checks/deployment.ts';
import type { AnsweredQuery, LanguageEndpoint } from '../endpoint/ask-words.ts';
import { EndpointModels } from '../endpoint/endpoint-models.ts';
import type { EvaluatedModel, EvaluatedResult, EvaluatedSample } from './every-eval-ever.ts';

/** What was recorded, and of whom. */
export interface Recorded {
  readonly recording: Recording;
  readonly deployment: AskedModels;
}

/** The models of a recording, with every query that they answered. */
export function evaluatedModels({ recording, deployment }: Recorded): EvaluatedModel[] {
  const { figures, answerTo } = recording;
  const { plan, source } = figures;
  const language = deployment instanceof EndpointModels ? deployment : undefined;
  return figures.models.map((model) => ({
    ...(language
      ? languageModel(language.endpoint, language.wording.template.id, language.wording.words.id)
      : { ...ownModel(model.id), details: { source, sha256: model.digests.model } }),
    results: model.conditions.flatMap((condition) =>
      resultsOf(
        `${condition.modality}-${condition.order}`,
        describeCondition(condition),
        condition,
      ),
    ),
    samples: model.conditions.flatMap((condition) =>
      condition.byObjects.flatMap((point) => {
        const { modality, order } = condition;
        const { objects, count, correctBits } = point;
        const { vocabulary, grid } = model;
        const spec = parseSpec({ split: plan.split, modality, order, objects, vocabulary, grid });
        const outcomes = unpackBits(correctBits, count) ?? [];
        const result = `${modality}-${order}-${objects}-objects`;
        return listQueryIndices(objects, plan.queries, plan.questionsPerScene).map(
          (indices, index): EvaluatedSample => {
            const id = queryName({ spec, seed: plan.seed, ...indices });
            const answered = language?.answered(id);
            if (answered) return wordSample(answered, result);
            const query = generateQuery({ spec, seed: plan.seed, ...indices });
            const answer = answerTo(model.id, id);
            return {
              ...{ id, result },
              input: readablePrompt(query.prompt),
              reference: describeToken(query.answer).name,
              choices: query.scene.objects.map((object) => objectNames(object).item),
              ...{ output: answer, answer, correct: outcomes[index] ?? false },
            };
          },
        );
      }),
    ),
  }));
}

/**
 * The models of a comparison. The details of each result say how it differs from that of each other model: McNemar's
 * test on the same queries.
 */
export function evaluatedComparison({
  models,
  pairs,
  queries,
  digests,
}: CompareResponse): EvaluatedModel[] {
  const condition = `${queries.modality}-${queries.order}`;
  return models.map((figures) => {
    const detailsOf = (outcomes: (pair: CompareResponse['pairs'][number]) => Paired) =>
      Object.assign(
        {},
        ...pairs.map((pair) => pairDetails(figures.model, pair, outcomes(pair))),
      ) as Record<string, string>;
    const paired: Record<string, Record<string, string>> = {
      [`${condition}-id`]: detailsOf(({ id }) => id),
      [`${condition}-ood`]: detailsOf(({ ood }) => ood),
    };
    for (const [index, { objects }] of figures.byObjects.entries())
      paired[`${condition}-${objects}-objects`] = detailsOf(({ byObjects }) => byObjects[index]);
    const digest = digests[figures.model];
    return {
      ...ownModel(figures.model),
      details: {
        ...(digest !== undefined && { sha256: digest }),
        ...{ split: queries.split, seed: String(queries.seed), question: queries.question },
      },
      results: resultsOf(condition, describeCondition(queries), figures).map((result) => ({
        ...result,
        details: paired[result.id] ?? {},
      })),
      samples: [],
    };
  });
}

type Paired = PairedOutcomes | null | undefined;

/** What a pair says about one of its models; nothing where the model is not in the pair. */
function pairDetails(
  model: string,
  { a, b }: Pick<CompareResponse['pairs'][number], 'a' | 'b'>,
  outcomes: Paired,
): Record<string, string> {
  if (!outcomes || (model !== a && model !== b)) return {};
  const { both, onlyA, onlyB, neither, difference, pValue } = outcomes;
  const [other, sign, own, others] = model === a ? [b, 1, onlyA, onlyB] : [a, -1, onlyB, onlyA];
  return Object.fromEntries(
    Object.entries({
      difference: sign * difference,
      p_value: pValue,
      ...{ both_correct: both, only_this_correct: own, only_other_correct: others },
      neither_correct: neither,
    }).map(([name, value]) => [`against ${other}: ${name}`, String(value)]),
  );
}

/** A model, as its card describes it. The card has no answers, so there are no queries. */
export function evaluatedCard(card: ModelCard): EvaluatedModel {
  const { id, kind, modalities, parameters, files, evaluation } = card;
  return {
    ...ownModel(id),
    details: {
      ...{ kind, modalities: modalities.join(' '), parameters: String(parameters) },
      ...{ sha256: files.model.sha256, split: evaluation.split, seed: String(evaluation.seed) },
    },
    results: evaluation.results.flatMap((result) =>
      resultsOf(`${result.modality}-${result.order}`, describeCondition(result), result),
    ),
    samples: [],
  };
}

const ownModel = (id: string) => ({
  developer: 'bindscope',
  name: id.replaceAll(/[^\w.-]/g, '-'),
});

/** A language model that was asked in English. */
export function evaluatedLanguageModel(
  { modality, order, template, words, endpoint, model, maxTokens, ...figures }: LanguageEvaluation,
  answered: readonly AnsweredQuery[],
): EvaluatedModel {
  const condition = `${modality}-${order}`;
  return {
    ...languageModel({ url: endpoint, model, maxTokens }, template, words),
    results: resultsOf(condition, describeCondition({ modality, order }), figures),
    samples: answered.map((one) =>
      wordSample(one, `${condition}-${one.query.spec.objects}-objects`),
    ),
  };
}

function languageModel(
  { url, model, maxTokens }: Pick<LanguageEndpoint, 'url' | 'model' | 'maxTokens'>,
  template: string,
  words: string,
) {
  const parts = model.split('/');
  return {
    developer: parts.length > 1 ? (parts[0] ?? '') : 'unknown',
    name: (parts.at(-1) ?? model).replaceAll(/[^\w.-]/g, '-'),
    details: { source: url, template, words },
    generation: { temperature: 0, max_tokens: maxTokens },
  };
}

const wordSample = (
  { query: { id, prompt }, answer, read, correct }: AnsweredQuery,
  result: string,
): EvaluatedSample => ({
  ...{ id, result, input: prompt.text, reference: prompt.answer, choices: prompt.candidates },
  output: answer.text,
  answer: read.kind === 'word' ? read.word : '',
  correct,
});

/** @param condition such as `text-context` */
function resultsOf(
  condition: string,
  description: string,
  { byObjects, id, ood }: ResultFigures,
): EvaluatedResult[] {
  const range = (name: 'id' | 'ood', accuracy: Proportion | null) =>
    accuracy === null
      ? []
      : [
          {
            id: `${condition}-${name}`,
            description: `${description}, ${RANGE_NAMES[name]}`,
            accuracy,
          },
        ];
  return [
    ...byObjects.map(({ objects, correct, count }) => ({
      id: `${condition}-${objects}-objects`,
      description: `${description}, ${objects} objects`,
      accuracy: proportion(correct, count),
    })),
    ...range('id', id),
    ...range('ood', ood),
  ];
}

type ResultFigures = Pick<RecordedCondition, 'id' | 'ood'> & {
  readonly byObjects: readonly Pick<
    RecordedModel['conditions'][number]['byObjects'][number],
    'objects' | 'correct' | 'count'
  >[];
};
