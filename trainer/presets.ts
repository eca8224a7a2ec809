import { FULL_VOCABULARY, type Vocabulary } from '../task/spec.ts';
import type { WeightType } from '../contract/card.ts';
import type { ModelConfig } from '../contract/recipe.ts';

/** A size of model, with its training data. The comments give the reason for each value. */
export interface Preset {
  /** The width of patch features is the encoder's. */
  readonly model: Omit<ModelConfig, 'patchFeatures'>;
  readonly vocabulary: Vocabulary;
  readonly grid: number;
  readonly scenesPerBatch: number;
  readonly questionsPerScene: number;
  readonly contextMaskProbability: number;
  /** Type of the parameters in an exported file. */
  readonly weights: WeightType;
}

export const PRESETS = {
  /** Minutes on one core. */
  pocket: {
    model: {
      layers: 8, // with 4 or 6 layers the two hops stay at chance for thousands of steps
      width: 64, // enough for 470 names, at a quarter of the cost of the paper's 128
      heads: 2, // head width 32 as in the paper; with 16 the first circuits take twice as long
      ropeBase: 100, // sequences are short; with 10000 the first circuits take twice as long
      absolutePositions: 0, // RoPE only: with a learned table the two hops never combined on pictures
      embeddingStd: 0.5, // larger than usual: names must be distinct from the first step on
    },
    vocabulary: FULL_VOCABULARY, // recipes begin with few names and expand the vocabulary
    grid: 6, // 36 cells, for the 32 objects of the hardest OOD query
    scenesPerBatch: 64, // fits into a core's cache; larger batches did not shorten the plateaus
    questionsPerScene: 8, // packed: 8 answers cost about as much as 1.5
    contextMaskProbability: 0.5, // keeps both hops at the query, where they can be measured
    weights: 'float32', // 2 MB
  },
  /** The paper's size: one or two hours of one core for the longest regime and all runs it needs. */
  paper: {
    model: {
      layers: 12, // paper, "Models and curriculum"
      width: 128, // paper
      heads: 4, // paper
      ropeBase: 100, // not given in the paper; as in pocket
      absolutePositions: 0, // not given in the paper; as in pocket
      embeddingStd: 0.5, // not given in the paper; as in pocket
    },
    vocabulary: FULL_VOCABULARY, // paper, "The task"
    grid: 7, // as many tokens as the paper's ResNet-152 has; 14 x 14 take several times as long
    scenesPerBatch: 64, // not given in the paper; as in pocket
    questionsPerScene: 8, // not given in the paper; packing is ours
    contextMaskProbability: 0.5, // not in the paper; as in pocket
    weights: 'float16', // 5 MB instead of 10
  },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;

/** The preset of a recipe; undefined for recipes of tests, which have presets of their own. */
export const presetNamed = (name: string): Preset | undefined =>
  (PRESETS as Readonly<Record<string, Preset | undefined>>)[name];
