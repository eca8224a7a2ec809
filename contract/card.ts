import { z } from 'zod';
import {
  associationOrderSchema,
  FULL_VOCABULARY,
  modalitySchema,
  objectsSchema,
  type Modality,
  type Vocabulary,
} from '../task/spec.ts';
import { recipeSchema, sha256Schema } from './recipe.ts';

/** The model card: what a model is, how it was trained, what it can do. One JSON file a model. */

export const modelIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a model id is 1 to 64 of a-z, 0-9 and -');

export const proportionSchema = z.object({
  correct: z.number().int().min(0),
  count: z.number().int().min(0),
  accuracy: z.number().min(0).max(1),
  interval: z.tuple([z.number(), z.number()]).meta({ description: '95 % Wilson score interval' }),
});

export const accuracyPointSchema = proportionSchema.extend({ objects: objectsSchema });

/** Accuracy in distribution (up to 8 objects) and out of it, each object count weighing the same. */
export const evaluationSchema = z.object({
  modality: modalitySchema,
  order: associationOrderSchema,
  byObjects: z.array(accuracyPointSchema),
  id: proportionSchema,
  ood: proportionSchema,
  /**
   * Shuffled text sets the two ways of binding against each other: of the in-distribution queries
   * whose place in the context points at a wrong pair, how many get that pair's item (positional), and
   * how many the right one (symbolic).
   */
  conflict: z.object({ positional: proportionSchema, symbolic: proportionSchema }).optional(),
});
export type Evaluation = z.infer<typeof evaluationSchema>;

export const fileSchema = z.object({
  bytes: z.number().int().positive(),
  sha256: sha256Schema,
});

/** How parameters are stored; whatever runs the model computes in float32. */
export const weightTypeSchema = z.enum(['float32', 'float16']);
export type WeightType = z.infer<typeof weightTypeSchema>;

/** What a model file's rounded parameters change, beside those that it was trained with. */
export const precisionCheckSchema = z.object({
  split: z.literal('validation'),
  queries: z.number().int().positive(),
  changed: z.number().int().min(0).meta({ description: 'Queries that get another answer' }),
  maxRelativeLogitDelta: z.number().min(0).meta({
    description: 'Largest change of a logit of these queries, as a share of the largest logit',
  }),
});
export type PrecisionCheck = z.infer<typeof precisionCheckSchema>;

const modelFileSchema = fileSchema.extend({
  name: z.literal('model.onnx'),
  /** From here on the file is weights, which other graphs may share; before it is the inference graph. */
  weightsOffset: z.number().int(),
  weights: weightTypeSchema.default('float32'),
  precisionCheck: precisionCheckSchema
    .optional()
    .meta({ description: 'For weights in half precision' }),
});

/** The runs that a run was trained on from, the first one first: their budgets come on top of its own. */
export const lineageSchema = z.array(
  z.object({
    regime: z.string(),
    seed: z.number().int(),
    contributed: z.literal('embeddings').optional().meta({
      description: 'Where not all parameters were taken over but the token embeddings alone',
    }),
    commit: z.string(),
    steps: z.number().int(),
    answers: z.number().int(),
    seconds: z.number(),
  }),
);
export type Lineage = z.infer<typeof lineageSchema>;

/** The mechanism at a moment of training, read where patches first move the answer. */
export const mechanismPointSchema = z.object({
  layer: z.number().int().nullable().meta({
    description: 'First causal layer; null where no layer moves most answers: there is none yet',
  }),
  positional: z.number().min(0).max(1),
  symbolic: z.number().min(0).max(1),
  solved: z.number().int().min(0).meta({
    description: 'Pairs that the model solved, which the two shares are of',
  }),
});
export type MechanismPoint = z.infer<typeof mechanismPointSchema>;

export const modelCardSchema = z.object({
  schema: z.literal(1),
  id: modelIdSchema,
  seed: z.number().int(),
  modalities: z.array(modalitySchema).nonempty(),
  recipe: recipeSchema,
  parameters: z.number().int().positive(),
  training: z.object({
    command: z.string(),
    /** Commit of this repository that trained the model. */
    commit: z.string(),
    engine: z.string(),
    steps: z.number().int(),
    answers: z.number().int(),
    seconds: z.number(),
    lineage: lineageSchema,
  }),
  files: z.object({
    model: modelFileSchema,
    /** null for a model that reads text only, or whose encoder is too large to come along. */
    encoder: fileSchema.extend({ name: z.literal('encoder.onnx') }).nullable(),
    /** The graph that probes run, whose weights are those at the end of `model`. */
    probe: fileSchema.extend({ name: z.literal('probe.onnx') }),
  }),
  evaluation: z.object({
    split: z.literal('test'),
    seed: z.number().int(),
    queriesPerCount: z.number().int(),
    results: z.array(evaluationSchema),
  }),
  /** What was measured while the model was trained. */
  curve: z.array(
    z.object({
      step: z.number().int(),
      stage: z.string(),
      loss: z.number(),
      objects: z.number().int(),
      accuracy: z.record(z.string(), z.number()),
      /** By modality and number of objects, `text.8` for example. */
      validation: z.record(z.string(), z.number()).optional(),
      /** In runs with `--probe-every`. */
      mechanism: z.partialRecord(modalitySchema, mechanismPointSchema).optional(),
    }),
  ),
  /** On how much the curve's `validation` and `mechanism` were measured. */
  validation: z.object({
    split: z.literal('validation'),
    queriesPerCount: z.number().int().positive(),
    pairs: z.number().int().positive(),
  }),
});
export type ModelCard = z.infer<typeof modelCardSchema>;

/** F of the exported model's visual input, 0 where it has none. */
export function featureWidthOf({
  modalities,
  recipe,
}: {
  readonly modalities: readonly Modality[];
  readonly recipe: Pick<ModelCard['recipe'], 'model'>;
}): number {
  return modalities.includes('image') ? recipe.model.patchFeatures : 0;
}

/** The vocabulary that all the models know. */
export function commonVocabulary(
  cards: readonly { recipe: { vocabulary: Vocabulary } }[],
): Vocabulary {
  const least = (set: keyof Vocabulary) =>
    Math.min(FULL_VOCABULARY[set], ...cards.map(({ recipe }) => recipe.vocabulary[set]));
  return { colours: least('colours'), shapes: least('shapes'), items: least('items') };
}

/** What a model can be asked about here: pictures only where its encoder came along. */
export function servedModalities({
  modalities,
  files,
}: Pick<ModelCard, 'modalities' | 'files'>): readonly Modality[] {
  return modalities.filter((modality) => modality === 'text' || files.encoder !== null);
}

/** What a model cost from the first random parameter on: its own run and all before it. */
export function totalBudget({
  lineage,
  steps,
  answers,
  seconds,
}: Pick<ModelCard['training'], 'lineage' | 'steps' | 'answers' | 'seconds'>) {
  const runs = [...lineage, { steps, answers, seconds }];
  const sum = (part: 'steps' | 'answers' | 'seconds') =>
    runs.reduce((total, run) => total + run[part], 0);
  return { steps: sum('steps'), answers: sum('answers'), seconds: sum('seconds') };
}

/** `models/index.json`: the models that are shipped, in the order in which they are shown. */
export const modelIndexSchema = z.object({ schema: z.literal(1), models: z.array(modelIdSchema) });
export type ModelIndex = z.infer<typeof modelIndexSchema>;
