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

/** The shape of a model: what has to be known to build its parameters and its forward pass. */
export const modelConfigSchema = z.object({
  layers: z.number().int().min(1).max(48),
  width: z.number().int().min(4).max(4096),
  heads: z.number().int().min(1).max(64),
  /** Base of the rotary angles, 0 for no rotary positions. Small, since sequences are short. */
  ropeBase: z.number().min(0),
  /** Rows of the learned absolute position table, 0 for none; initialised as sinusoids. */
  absolutePositions: z.number().int().min(0).max(4096),
  /** Width of the frozen encoder's patch features, 0 for a model that reads text only. */
  patchFeatures: z.number().int().min(0).max(4096),
  /** Standard deviation of the token embeddings at the start. */
  embeddingStd: z.number().positive(),
});
export type ModelConfig = z.infer<typeof modelConfigSchema>;

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** Which frozen encoder a model sees with. To a model, another one is another language. */
export const encoderIdentitySchema = z.object({
  name: z.string(),
  /** Of its file, and of whatever else decides its features. */
  sha256: sha256Schema,
  /** F, numbers per patch. */
  width: z.number().int().min(1).max(4096),
  /**
   * `patches`: at each patch by itself; its file is small and comes with the model. `pictures`: at
   * the whole picture; its file stays where the training was.
   */
  inputScope: z.enum(['patches', 'pictures']),
});
export type EncoderIdentity = z.infer<typeof encoderIdentitySchema>;

const share = z.number().positive();

/** One kind of training scene; each batch is of one kind, drawn in proportion to `share`. */
const streamSchema = z.object({
  share,
  modality: modalitySchema,
  order: associationOrderSchema,
  /** Most gaps in the text's position ids; 0 for none. */
  maxPositionGaps: positionGapsSchema.default(0),
  /** Most gaps between the associations, which the paper's noise leaves alone; 0 for none. */
  maxAssociationGaps: positionGapsSchema.default(0),
  /** Questions about a scene are drawn in these proportions. */
  questions: z.partialRecord(z.enum(TRAINING_QUESTIONS), share),
});

/** A curriculum is a list of stages, run in order. */
const stageSchema = z.object({
  name: z.string(),
  steps: z.number().int().positive(),
  /** Answers of the whole stage, spread evenly over its steps; without it as many as its scenes allow. */
  answers: z.number().int().positive().optional(),
  learningRate: z.object({
    peak: z.number().positive(),
    warmupSteps: z.number().int().min(0),
    /** Where the cosine ends, as a fraction of the peak. */
    floor: z.number().min(0).max(1),
  }),
  objects: z.object({
    from: objectsSchema,
    to: objectsSchema,
    /** Largest number of objects to begin with; it grows by one whenever the model masters it. */
    start: objectsSchema,
    /**
     * What counts as mastering: accuracy at the present largest number, on the `indirect` question
     * where the stage asks it, else on the question that is answered worst.
     */
    advanceAt: z.number().min(0).max(1),
    /** The stage ends before its last step once accuracy at `to` objects is as high as this. */
    endAt: z.number().min(0).max(1).optional(),
  }),
  /** What its scenes are drawn from where that is less than all: the vocabulary expands later. */
  vocabulary: vocabularySchema.optional(),
  mix: z.array(streamSchema).nonempty(),
});
export type Stage = z.infer<typeof stageSchema>;
export type Stream = z.infer<typeof streamSchema>;

export const recipeSchema = z.object({
  /** The regime: what the trained model is called (paper, "Models and curriculum"). */
  regime: z.string().regex(/^[a-z0-9-]+$/),
  /** One paragraph for people. */
  description: z.string(),
  /** The regime whose model this one starts from; absent when it starts from scratch. */
  from: z.string().optional(),
  /**
   * The regime whose run of the same seed decides the length of this one's only stage: it ends with as many
   * steps and answers, those of the runs before both included.
   */
  matchBudgetOf: z.string().optional(),
  preset: z.string(),
  model: modelConfigSchema,
  /** The frozen encoder of a model that sees. */
  encoder: encoderIdentitySchema.optional(),
  /**
   * Whose token embeddings a run starts with. `parent`: its parent's, which the layers were trained with.
   * `donor`: those of the parent's regime trained from another seed, words that the layers never
   * read; nothing but what does not depend on them is inherited.
   */
  tokenEmbeddingsFrom: z.enum(['parent', 'donor']).default('parent'),
  /**
   * How the projection of patch features starts in a model that sees for the first time. `aligned`:
   * by ridge regression, so that the patch of a coloured shape looks like the embeddings of its two
   * names, for the names of the first stage.
   */
  projection: z.enum(['random', 'aligned']).default('random'),
  vocabulary: vocabularySchema,
  /** Cells per side of the pictures. */
  grid: z.number().int().min(1).max(LIMITS.grid),
  scenesPerBatch: z.number().int().positive(),
  /** Most questions packed into one scene. */
  questionsPerScene: z.number().int().positive(),
  /**
   * Share of training scenes whose association tokens cannot attend to the context. Where it is 0 many
   * models bind a colour to each item while they read the associations: the query then finds the item
   * in one step, and neither hop passes through it.
   */
  contextMaskProbability: z.number().min(0).max(1).default(0),
  stages: z.array(stageSchema).nonempty(),
});
export type Recipe = z.infer<typeof recipeSchema>;
