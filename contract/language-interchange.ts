import { z } from 'zod';
import { associationOrderSchema, seedSchema, splitSchema } from '../task/spec.ts';
import { codeSchema } from './baseline.ts';
import { proportionSchema } from './card.ts';
import { pairedOutcomesSchema } from './comparisons.ts';
import { mixtureLayerSchema } from './mixture-section.ts';
import { countSchema } from './probe-conditions.ts';
import { interchangeSchema, ratioSchema } from './probes.ts';
import { SCHEMA_ADDRESSES } from './schema-addresses.ts';

/** What `bindscope interchange` writes: how language models from elsewhere bind, alone or two on the same prompts. */

const wordObjectsSchema = z.number().int().min(1).max(128);

export const languageModelFactsSchema = z.object({
  name: z.string().meta({ description: 'The name of its folder' }),
  modelType: z.string().nullable().meta({ description: '`model_type` of its config.json' }),
  file: z.string(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .meta({ description: 'Of the file itself, without weights in other files' }),
  bytes: countSchema.meta({ description: 'With weights in other files' }),
  weightType: z.string().meta({ description: 'The type that most bytes of weights have' }),
  network: z.object({ layers: countSchema, width: countSchema, vocabulary: countSchema }),
  droppedItems: countSchema.meta({
    description: 'Items that were left out, as they begin with the same token as another one',
  }),
});
export type LanguageModelFacts = z.infer<typeof languageModelFactsSchema>;

const languageModelResultSchema = languageModelFactsSchema.extend({
  accuracy: z
    .array(
      proportionSchema.extend({
        objects: wordObjectsSchema,
        free: proportionSchema.meta({
          description: 'The correct token is the most probable one of the whole vocabulary',
        }),
      }),
    )
    .meta({
      description: 'By number of objects; correct: the most probable of the items in the prompt',
    }),
  interchange: interchangeSchema
    .omit({ modality: true, order: true, split: true, seed: true, objects: true })
    .nullable()
    .meta({ description: 'null where the model solves no pair' }),
  mixture: z.array(mixtureLayerSchema).meta({
    description: 'By layer; empty where fewer than two pairs are solved',
  }),
});
export type LanguageModelResult = z.infer<typeof languageModelResultSchema>;

export const languageInterchangeSchema = z.object({
  $schema: z.literal(SCHEMA_ADDRESSES.languageInterchange),
  schema: z.literal(1),
  code: codeSchema,
  prompts: z.object({
    template: z.string(),
    chat: z.boolean().meta({ description: "By the models' chat templates" }),
    words: z.string().meta({ description: 'Id of the word list' }),
    split: splitSchema,
    order: associationOrderSchema,
    seed: seedSchema,
    objects: wordObjectsSchema.meta({ description: 'Objects of a pair of prompts' }),
    pairs: countSchema,
    queries: countSchema.meta({ description: 'For each number of objects' }),
  }),
  models: z.array(languageModelResultSchema).min(1).max(2),
  paired: z
    .object({
      accuracy: z.array(pairedOutcomesSchema.extend({ objects: wordObjectsSchema })),
      solvedByBoth: countSchema,
      ratios: z.array(ratioSchema).length(2).meta({
        description:
          'Symbolic per positional at the peak layer of each model, on the pairs that both solve',
      }),
      symbolic: pairedOutcomesSchema.nullable().meta({
        description: 'The same pairs, by whether the outcome is symbolic at the peak layer',
      }),
    })
    .nullable()
    .meta({ description: 'The two models on the same prompts; null for one model' }),
});
export type LanguageInterchange = z.infer<typeof languageInterchangeSchema>;
