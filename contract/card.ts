import { z } from 'zod';
import {
  associationOrderSchema,
  modalitySchema,
  objectsSchema,
  vocabularySchema,
} from '../task/spec.ts';
import { recipeSchema, sha256Schema } from './recipe.ts';
import { signatureSchema } from './signature.ts';

/** The model card: what a model is, how it was trained, how accurate it is. One JSON file per model. */

export const modelIdSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,63}$/,
    'a model id must be 1 to 64 characters of a-z, 0-9 and -, and not start with -',
  );

export const proportionSchema = z.object({
  correct: z.number().int().min(0),
  count: z.number().int().min(0),
  accuracy: z.number().min(0).max(1),
  interval: z.tuple([z.number(), z.number()]).meta({ description: '95 % Wilson score interval' }),
});

export const accuracyPointSchema = proportionSchema.extend({ objects: objectsSchema });

/** Accuracy in distribution (up to 8 objects) and out of it; every number of objects weighs the same. */
export const evaluationSchema = z.object({
  modality: modalitySchema,
  order: associationOrderSchema,
  byObjects: z.array(accuracyPointSchema),
  id: proportionSchema,
  ood: proportionSchema,
  /**
   * With shuffled associations the two strategies disagree. Of the in-distribution queries where the
   * k-th association belongs to another object than the k-th: how many answers are the item of that
   * association (positional), and how many are correct (symbolic).
   */
  conflict: z.object({ positional: proportionSchema, symbolic: proportionSchema }).optional(),
});
export type Evaluation = z.infer<typeof evaluationSchema>;

export const fileSchema = z.object({
  bytes: z.number().int().min(1),
  sha256: sha256Schema,
});

/** How parameters are stored. Every runtime computes in float32. */
export const weightTypeSchema = z.enum(['float32', 'float16']);
export type WeightType = z.infer<typeof weightTypeSchema>;

/** What rounding the parameters of a model file changes, compared with the trained ones. */
export const precisionCheckSchema = z.object({
  split: z.literal('validation'),
  queries: z.number().int().min(1),
  changed: z.number().int().min(0).meta({ description: 'Queries with another answer' }),
  maxRelativeLogitDelta: z.number().min(0).meta({
    description: 'Largest change of a logit, as a share of the largest logit of these queries',
  }),
});
export type PrecisionCheck = z.infer<typeof precisionCheckSchema>;

const modelFileSchema = fileSchema.extend({
  name: z.literal('model.onnx'),
  weights: weightTypeSchema.default('float32'),
  precisionCheck: precisionCheckSchema
    .optional()
    .meta({ description: 'For weights in half precision' }),
});

/** What computed a training. */
const engineSchema = z.object({
  engine: z.string(),
  device: z
    .string()
    .optional()
    .meta({ description: 'Device of the engine, such as `cpu` or `gpu`' }),
  engineVersion: z.string().optional().meta({
    description: 'Version of the engine: ONNX Runtime or TensorFlow',
  }),
});

/** How a model was made. */
export const provenanceSchema = z.object({
  command: z.string().meta({ description: 'The command that trains it again' }),
  commit: z.string().meta({
    description: 'Commit of this repository at the start, marked `-dirty` where files differed',
  }),
  ...engineSchema.shape,
  engineChanges: z
    .array(z.object({ step: z.number().int(), commit: z.string(), ...engineSchema.shape }))
    .optional()
    .meta({
      description:
        'Where the run went on with another engine, device or version: after which step, and with which',
    }),
});
export type Provenance = z.infer<typeof provenanceSchema>;

/** The runs that a run continues, oldest first. Their budgets add to its own. */
export const lineageSchema = z.array(
  z.object({
    regime: z.string(),
    seed: z.number().int(),
    contributed: z.literal('embeddings').optional().meta({
      description: 'Present where only the token embeddings were inherited',
    }),
    commit: z.string(),
    engines: z.array(z.string()).optional().meta({
      description: 'The engines that trained it, in order, where there was more than one',
    }),
    steps: z.number().int(),
    answers: z.number().int(),
    seconds: z.number(),
  }),
);
export type Lineage = z.infer<typeof lineageSchema>;

/** The mechanism at one step of training, at the first layer where patches change the answer. */
export const mechanismPointSchema = z.object({
  layer: z.number().int().nullable().meta({
    description: 'First causal layer; null where no layer changes most answers',
  }),
  positional: z.number().min(0).max(1),
  symbolic: z.number().min(0).max(1),
  solved: z.number().int().min(0).meta({
    description: 'Pairs that the model solved; the two shares are of these',
  }),
});
export type MechanismPoint = z.infer<typeof mechanismPointSchema>;

const encoderFileSchema = fileSchema.extend({ name: z.literal('encoder.onnx') });

const cardEvaluationSchema = z.object({
  split: z.literal('test'),
  seed: z.number().int(),
  queriesPerCount: z.number().int(),
  results: z.array(evaluationSchema),
});

/** A model of this project's trainer. The card has everything that is needed to reproduce it. */
export const trainedCardSchema = z.object({
  schema: z.literal(1),
  kind: z.literal('trained'),
  id: modelIdSchema,
  seed: z.number().int(),
  modalities: z.array(modalitySchema).nonempty(),
  recipe: recipeSchema,
  parameters: z.number().int().min(1),
  training: z.object({
    ...provenanceSchema.shape,
    steps: z.number().int(),
    answers: z.number().int(),
    seconds: z.number(),
    lineage: lineageSchema,
  }),
  files: z.object({
    model: modelFileSchema,
    /** null for a model that reads only text, or whose encoder is too large to deploy. */
    encoder: encoderFileSchema.nullable(),
  }),
  evaluation: cardEvaluationSchema,
  /** Measured during training. */
  curve: z.array(
    z.object({
      step: z.number().int(),
      stage: z.string(),
      loss: z.number(),
      objects: z.number().int(),
      accuracy: z.record(z.string(), z.number()),
      /** By modality and number of objects, such as `text.8`. */
      validation: z.record(z.string(), z.number()).optional(),
      /** Only in runs with `--probe-every`. */
      mechanism: z.partialRecord(modalitySchema, mechanismPointSchema).optional(),
    }),
  ),
  /** The sample sizes of `validation` and `mechanism` in the curve. */
  validation: z.object({
    split: z.literal('validation'),
    queriesPerCount: z.number().int().min(1),
    pairs: z.number().int().min(1),
  }),
});
export type TrainedCard = z.infer<typeof trainedCardSchema>;

/** Why interventions cannot reach some activations of an imported model; null where they can. */
const unreachableSchema = z.string().nullable();

/** A model trained elsewhere. `bindscope import` reads its file and measures it. */
export const importedCardSchema = z.object({
  schema: z.literal(1),
  kind: z.literal('imported'),
  id: modelIdSchema,
  name: z.string().min(1).max(120).optional(),
  description: z
    .string()
    .max(2000)
    .meta({ description: 'Written by the person who imported the model.' }),
  modalities: z.tuple([z.literal('text')]),
  vocabulary: vocabularySchema,
  parameters: z.number().int().min(1).meta({ description: 'Number of weights in the file.' }),
  network: z.object({
    layers: z
      .number()
      .int()
      .min(0)
      .meta({ description: '0, as is the width, where the residual stream cannot be found.' }),
    width: z.number().int().min(0),
    heads: z
      .number()
      .int()
      .min(0)
      .meta({ description: '0 where interventions cannot reach single heads.' }),
  }),
  signature: signatureSchema,
  /** Which activations interventions can reach. */
  hooks: z.object({ residual: unreachableSchema, attention: unreachableSchema }),
  source: z.object({
    file: z.string().meta({ description: 'Name of the imported file.' }),
    sha256: sha256Schema,
  }),
  files: z.object({
    model: fileSchema.extend({ name: z.literal('model.onnx') }),
    encoder: z.null(),
  }),
  evaluation: cardEvaluationSchema,
});
export type ImportedCard = z.infer<typeof importedCardSchema>;

/** The part that cards of both kinds have. */
export const cardSummarySchema = z.object({
  id: modelIdSchema,
  kind: z.enum(['trained', 'imported']).meta({
    description:
      'trained: by the trainer of this project; imported: trained elsewhere, measured here.',
  }),
  modalities: z.array(modalitySchema).nonempty(),
  parameters: z.number().int().min(1),
  files: z.object({
    model: fileSchema.extend({ name: z.literal('model.onnx') }),
    encoder: encoderFileSchema.nullable(),
  }),
  evaluation: cardEvaluationSchema,
});

export const modelCardSchema = z.discriminatedUnion('kind', [
  trainedCardSchema,
  importedCardSchema,
]);
export type ModelCard = z.infer<typeof modelCardSchema>;

/** The training budget from random parameters on: that of the run and of all runs it continues. */
export function totalBudget({
  lineage,
  steps,
  answers,
  seconds,
}: Pick<TrainedCard['training'], 'lineage' | 'steps' | 'answers' | 'seconds'>) {
  const runs = [...lineage, { steps, answers, seconds }];
  const sum = (part: 'steps' | 'answers' | 'seconds') =>
    runs.reduce((total, run) => total + run[part], 0);
  return { steps: sum('steps'), answers: sum('answers'), seconds: sum('seconds') };
}

/** `models/index.json`: the shipped models, in display order. */
export const modelIndexSchema = z.object({ schema: z.literal(1), models: z.array(modelIdSchema) });
export type ModelIndex = z.infer<typeof modelIndexSchema>;
