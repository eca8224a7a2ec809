import { z } from 'zod';
import { ANSWER_KINDS } from '../task/language/read-answer.ts';
import { WORDING_NAMES } from '../task/language/task-wording.ts';
import { wordObjectsSchema } from '../task/language/word-query.ts';
import {
  associationOrderSchema,
  modalitySchema,
  questionSchema,
  seedSchema,
} from '../task/spec.ts';
import { codeSchema } from './baseline.ts';
import { proportionSchema } from './card.ts';
import { SCHEMA_ADDRESSES } from './schema-addresses.ts';

/** The file of `bindscope evaluate`: what a language model behind an endpoint answered. */

const count = z.number().int().min(0);
const answerKinds = z
  .record(z.enum(ANSWER_KINDS), count)
  .meta({ description: 'Answers by kind. All but `word` count as wrong.' });

export const languageEvaluationSchema = z.strictObject({
  $schema: z.literal(SCHEMA_ADDRESSES.languageEvaluation),
  schema: z.literal(1),
  endpoint: z.string(),
  model: z.string(),
  api: z.enum(['chat', 'completions']),
  template: z.enum(WORDING_NAMES),
  words: z.string().meta({ description: 'Id of the word list.' }),
  modality: modalitySchema,
  order: associationOrderSchema,
  question: questionSchema,
  seed: seedSchema,
  maxTokens: count,
  readingRule: z.string(),
  recorded: z.iso.datetime(),
  code: codeSchema,
  byObjects: z.array(proportionSchema.extend({ objects: wordObjectsSchema, kinds: answerKinds })),
  id: proportionSchema.nullable(),
  ood: proportionSchema.nullable(),
  tokens: z.strictObject({ prompt: count, answer: count }).meta({
    description: 'As the endpoint counts them; 0 where it does not.',
  }),
  answers: z.array(
    z.strictObject({
      query: z.string().meta({ description: 'Name of the query, its template and its words.' }),
      objects: wordObjectsSchema,
      position: z.strictObject({ context: count, association: count }),
      target: z.string(),
      text: z.string().meta({ description: 'The answer as it came.' }),
      kind: z.enum(ANSWER_KINDS),
      word: z.string().nullable().meta({ description: 'The word that was read.' }),
      correct: z.boolean(),
    }),
  ),
});
export type LanguageEvaluation = z.infer<typeof languageEvaluationSchema>;
