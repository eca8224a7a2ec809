import { z } from 'zod';
import {
  associationOrderSchema,
  LIMITS,
  modalitySchema,
  positionGapsSchema,
  objectsSchema,
  TRAINING_QUESTIONS,
  vocabularySchema,
} from '../task/spec.ts';

/** The architecture of a model: everything that its parameters' shapes and forward pass depend on. */
export const modelConfigSchema = z.object({
  layers: z.number().int().min(1).max(48),
  width: z.number().int().min(4).max(4096),
  heads: z.number().int().min(1).max(64),
  /** Base of the rotary angles, 0 for no rotary positions. Small because sequences are short. */
  ropeBase: z.number().min(0),
  /** Rows of the learned absolute position table, initialised as sinusoids; 0 for none. */
  absolutePositions: z.number().int().min(0).max(4096),
  /** Width of the frozen encoder's patch features; 0 for a model that reads only text. */
  patchFeatures: z.number().int().min(0).max(4096),
  /** Standard deviation of the initial token embeddings. */
  embeddingStd: z.number().positive(),
});
export type ModelConfig = z.infer<typeof modelConfigSchema>;

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** The frozen visual encoder of a model. Encoders are not interchangeable. */
export const encoderIdentitySchema = z.object({
  name: z.string(),
  /** Of its file and everything else that its features depend on. */
  sha256: sha256Schema,
  /** F, numbers per patch. */
  width: z.number().int().min(1).max(4096),
  /**
   * `patches`: encodes each patch by itself; its file is small and deployed with the model. `pictures`:
   * encodes the whole picture; its file is not deployed.
   */
  inputScope: z.enum(['patches', 'pictures']),
});
export type EncoderIdentity = z.infer<typeof encoderIdentitySchema>;

const share = z.number().positive();

/** One kind of training scenes. Each batch has one kind, chosen in proportion to `share`. */
const streamSchema = z.object({
  share,
  modality: modalitySchema,
  order: associationOrderSchema,
  /** Most gaps in the position ids of the text; 0 for none. */
  maxPositionGaps: positionGapsSchema.default(0),
  /** Most gaps between the associations, which have none in the paper; 0 for none. */
  maxAssociationGaps: positionGapsSchema.default(0),
  /** Proportions of the questions about a scene. */
  questions: z.partialRecord(z.enum(TRAINING_QUESTIONS), share),
});

/** One stage of a curriculum; stages run in order. */
const stageSchema = z.object({
  name: z.string(),
  steps: z.number().int().min(1),
  /** Answers of the whole stage, spread evenly over its steps; by default as many as fit. */
  answers: z.number().int().min(1).optional(),
  learningRate: z.object({
    peak: z.number().positive(),
    warmupSteps: z.number().int().min(0),
    /** Final value of the cosine schedule, as a fraction of the peak. */
    floor: z.number().min(0).max(1),
  }),
  objects: z.object({
    from: objectsSchema,
    to: objectsSchema,
    /** Initial largest number of objects; grows by one when accuracy reaches `advanceAt`. */
    start: objectsSchema,
    /**
     * Accuracy at the current largest number: that of the `indirect` question where the stage has it,
     * else that of the question with the lowest accuracy.
     */
    advanceAt: z.number().min(0).max(1),
    /** The stage ends early when accuracy at `to` objects reaches this. */
    endAt: z.number().min(0).max(1).optional(),
  }),
  /** The vocabulary of this stage where it is smaller than the recipe's. */
  vocabulary: vocabularySchema.optional(),
  mix: z.array(streamSchema).nonempty(),
});
export type Stage = z.infer<typeof stageSchema>;
export type Stream = z.infer<typeof streamSchema>;

export const recipeSchema = z.object({
  /** The training regime (paper, "Models and curriculum"), which names the model. */
  regime: z.string().regex(/^[a-z0-9-]+$/),
  /** One paragraph. */
  description: z.string(),
  /** The regime whose model this one continues; absent for a model trained from scratch. */
  from: z.string().optional(),
  /**
   * The regime whose budget this one matches: its only stage ends when steps and answers, lineage included,
   * equal those of that regime's run with the same seed.
   */
  matchBudgetOf: z.string().optional(),
  preset: z.string(),
  model: modelConfigSchema,
  /** The frozen encoder of a model that reads pictures. */
  encoder: encoderIdentitySchema.optional(),
  /**
   * The initial token embeddings. `parent`: those of the parent run. `donor`: those of a run of the parent's
   * regime with another seed, which the inherited layers were not trained with.
   */
  tokenEmbeddingsFrom: z.enum(['parent', 'donor']).default('parent'),
  /**
   * The initial projection of patch features in a model that reads pictures for the first time. `aligned`:
   * fitted by ridge regression, so that the patch of a coloured shape is close to the embeddings of its
   * colour and shape, for the vocabulary of the first stage.
   */
  projection: z.enum(['random', 'aligned']).default('random'),
  vocabulary: vocabularySchema,
  /** Cells per side of a picture. */
  grid: z.number().int().min(1).max(LIMITS.grid),
  scenesPerBatch: z.number().int().min(1),
  /** Most questions packed into one scene. */
  questionsPerScene: z.number().int().min(1),
  /**
   * Share of training scenes whose association tokens cannot attend to the context. With 0, many models bind
   * a colour to each item while they read the associations. The query then finds the item in one step, so the
   * two hops cannot be measured at it.
   */
  contextMaskProbability: z.number().min(0).max(1).default(0),
  /**
   * What the loss is over. `answers`: the answers to the questions. `sequence`: every next token of the text,
   * as in language models; context and associations are random, so most of this loss cannot be learnt.
   */
  loss: z.enum(['answers', 'sequence']).default('answers'),
  stages: z.array(stageSchema).nonempty(),
});
export type Recipe = z.infer<typeof recipeSchema>;
