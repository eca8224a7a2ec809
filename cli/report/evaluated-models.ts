import type { RecordedCondition, RecordedModel } from '../../contract/baseline.ts';
import { unpackBits } from '../../contract/bitset.ts';
import type { LanguageEvaluation } from '../../contract/language-evaluation.ts';
import type { Proportion } from '../../statistics/intervals.ts';
import { proportion } from '../../statistics/intervals.ts';
import type { Recording } from '../../statistics/recording.ts';
import { describeCondition, RANGE_NAMES } from '../../task/conditions.ts';
import { generateQuery, objectNames, queryName, readablePrompt } from '../../task/query.ts';
import { listQueryIndices } from '../../task/query-indices.ts';
import { parseSpec } from '../../task/spec.ts';
import { describeToken } from '../../task/tokens.ts';
import type { AnsweredQuery } from '../endpoint/ask-words.ts';
import type { EvaluatedModel, EvaluatedResult, EvaluatedSample } from './every-eval-ever.ts';

/** The models of a recording, with every query that they answered. */
export function evaluatedModels({ figures, answerTo }: Recording): EvaluatedModel[] {
  const { plan, source } = figures;
  return figures.models.map((model) => ({
    developer: 'bindscope',
    name: model.id.replaceAll(/[^\w.-]/g, '-'),
    details: { source, sha256: model.digests.model },
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
        return listQueryIndices(objects, plan.queries, plan.questionsPerScene).map(
          (indices, index): EvaluatedSample => {
            const id = queryName({ spec, seed: plan.seed, ...indices });
            const query = generateQuery({ spec, seed: plan.seed, ...indices });
            const answer = answerTo(model.id, id);
            return {
              ...{ id, result: `${modality}-${order}-${objects}-objects` },
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

/** A language model that was asked in English. */
export function evaluatedLanguageModel(
  { model, modality, order, template, words, endpoint, maxTokens, ...figures }: LanguageEvaluation,
  answered: readonly AnsweredQuery[],
): EvaluatedModel {
  const condition = `${modality}-${order}`;
  const parts = model.split('/');
  const developer = parts.length > 1 ? (parts[0] ?? '') : 'unknown';
  return {
    developer,
    name: (parts.at(-1) ?? model).replaceAll(/[^\w.-]/g, '-'),
    details: { source: endpoint, template, words },
    generation: { temperature: 0, max_tokens: maxTokens },
    results: resultsOf(condition, describeCondition({ modality, order }), figures),
    samples: answered.map(({ query, answer, read, correct }) => ({
      id: query.id,
      result: `${condition}-${query.spec.objects}-objects`,
      input: query.prompt.text,
      reference: query.prompt.answer,
      choices: query.prompt.candidates,
      output: answer.text,
      answer: read.kind === 'word' ? read.word : '',
      correct,
    })),
  };
}

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
