import { z } from 'zod';
import {
  associationOrderSchema,
  DEFAULT_GRID,
  FULL_VOCABULARY,
  modalitySchema,
  objectsSchema,
  vocabularySchema,
  type Modality,
  type Vocabulary,
} from '../task/spec.ts';
import { recipeSchema, sha256Schema } from './recipe.ts';
import { signatureSchema, type Signature } from './signature.ts';

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
  bytes: z.number().int().positive(),
  sha256: sha256Schema,
});

/** How parameters are stored. Every runtime computes in float32. */
export const weightTypeSchema = z.enum(['float32', 'float16']);
export type WeightType = z.infer<typeof weightTypeSchema>;

/** What rounding the parameters of a model file changes, compared with the trained ones. */
export const precisionCheckSchema = z.object({
  split: z.literal('validation'),
  queries: z.number().int().positive(),
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

/** The runs that a run continues, oldest first. Their budgets add to its own. */
export const lineageSchema = z.array(
  z.object({
    regime: z.string(),
    seed: z.number().int(),
    contributed: z.literal('embeddings').optional().meta({
      description: 'Present where only the token embeddings were inherited',
    }),
    commit: z.string(),
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

/** A model that the trainer here trained: everything about it can be made again. */
export const trainedCardSchema = z.object({
  schema: z.literal(1),
  kind: z.literal('trained'),
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
    device: z
      .string()
      .optional()
      .meta({ description: 'Where the engine computed: `cpu`, `gpu`, …' }),
    engineVersion: z.string().optional().meta({
      description: 'Version of the library that computed: ONNX Runtime or TensorFlow',
    }),
    steps: z.number().int(),
    answers: z.number().int(),
    seconds: z.number(),
    lineage: lineageSchema,
  }),
  files: z.object({
    model: modelFileSchema,
    /** null for a model that reads text only, or whose encoder is too large to come along. */
    encoder: encoderFileSchema.nullable(),
  }),
  evaluation: cardEvaluationSchema,
  /** What was measured while the model was trained. */
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
    queriesPerCount: z.number().int().positive(),
    pairs: z.number().int().positive(),
  }),
});
export type TrainedCard = z.infer<typeof trainedCardSchema>;

/** Why some activations of an imported model cannot be reached; null where they can. */
const unreachableSchema = z.string().nullable();

/** A model from elsewhere: `bindscope import` reads its file and measures the rest. */
export const importedCardSchema = z.object({
  schema: z.literal(1),
  kind: z.literal('imported'),
  id: modelIdSchema,
  name: z.string().min(1).max(120).optional(),
  description: z.string().max(2000).meta({ description: 'In the words of who imported it.' }),
  modalities: z.tuple([z.literal('text')]),
  vocabulary: vocabularySchema,
  parameters: z.number().int().positive().meta({ description: 'Numbers in the file.' }),
  network: z.object({
    layers: z.number().int().min(0),
    width: z.number().int().min(0),
    heads: z.number().int().min(0).meta({ description: '0 where single heads cannot be reached.' }),
  }),
  signature: signatureSchema,
  /** What interventions can reach. */
  hooks: z.object({ residual: unreachableSchema, attention: unreachableSchema }),
  source: z.object({
    file: z.string().meta({ description: 'Name of the file that was imported.' }),
    sha256: sha256Schema,
  }),
  files: z.object({
    model: fileSchema.extend({ name: z.literal('model.onnx') }),
    encoder: z.null(),
  }),
  evaluation: cardEvaluationSchema,
});
export type ImportedCard = z.infer<typeof importedCardSchema>;

/** What every card has. */
export const cardSummarySchema = z.object({
  id: modelIdSchema,
  kind: z.enum(['trained', 'imported']).meta({
    description:
      'trained: by the trainer of this project; imported: from elsewhere, and measured here.',
  }),
  modalities: z.array(modalitySchema).nonempty(),
  parameters: z.number().int().positive(),
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

/** What serving and measuring need to know of a model, whichever kind its card is. */
export interface ModelFacts {
  readonly description: string;
  readonly vocabulary: Vocabulary;
  /** Cells per side of its pictures. */
  readonly grid: number;
  readonly layers: number;
  /** D */
  readonly width: number;
  /** 0 where single heads cannot be reached. */
  readonly heads: number;
  /** F of the file's visual input, 0 where it has none. */
  readonly featureWidth: number;
  /** The first position that it does not have; null where it has any. */
  readonly maxPositions: number | null;
  /** Whether positions may have gaps. */
  readonly readsGaps: boolean;
  /** Whether several questions fit into one row. */
  readonly packsQuestions: boolean;
  /** How its file is fed; undefined for the inputs of trained models. */
  readonly signature: Signature | undefined;
}

export function modelFacts(card: ModelCard): ModelFacts {
  if (card.kind === 'trained') {
    const { recipe } = card;
    const { layers, width, heads, absolutePositions } = recipe.model;
    return {
      ...{ description: recipe.description, vocabulary: recipe.vocabulary, grid: recipe.grid },
      ...{ layers, width, heads, featureWidth: featureWidthOf(card) },
      maxPositions: absolutePositions > 0 ? absolutePositions : null,
      ...{ readsGaps: true, packsQuestions: true, signature: undefined },
    };
  }
  const { description, vocabulary, network, signature } = card;
  const isOwnGraph = signature.kind === 'bindscope';
  return {
    ...{ description, vocabulary, grid: DEFAULT_GRID, ...network, featureWidth: 0 },
    maxPositions: null,
    readsGaps: signature.inputs.some(({ role }) => role === 'positions'),
    ...{ packsQuestions: isOwnGraph, signature },
  };
}

/** F of the exported model's visual input, 0 where it has none. */
export function featureWidthOf({
  modalities,
  recipe,
}: {
  readonly modalities: readonly Modality[];
  readonly recipe: Pick<TrainedCard['recipe'], 'model'>;
}): number {
  return modalities.includes('image') ? recipe.model.patchFeatures : 0;
}

/** The vocabulary that all of the models know. */
export function commonVocabulary(
  models: readonly { readonly vocabulary: Vocabulary }[],
): Vocabulary {
  const least = (set: keyof Vocabulary) =>
    Math.min(FULL_VOCABULARY[set], ...models.map(({ vocabulary }) => vocabulary[set]));
  return { colours: least('colours'), shapes: least('shapes'), items: least('items') };
}

/** The modalities that a deployment can serve: pictures need an encoder file. */
export function servedModalities({
  modalities,
  files,
}: Pick<ModelCard, 'modalities' | 'files'>): readonly Modality[] {
  return modalities.filter((modality) => modality === 'text' || files.encoder !== null);
}

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
