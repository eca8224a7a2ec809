import { FULL_VOCABULARY, type Vocabulary } from '../task/spec.ts';
import type { WeightType } from '../contract/card.ts';
import type { ModelConfig } from '../contract/recipe.ts';

/** A size of model with the data it is trained on; each value says why. */
export interface Preset {
  /** The encoder decides the width of patch features. */
  readonly model: Omit<ModelConfig, 'patchFeatures'>;
  readonly vocabulary: Vocabulary;
  readonly grid: number;
  readonly scenesPerBatch: number;
  readonly questionsPerScene: number;
  readonly contextMaskProbability: number;
  /** How an exported file stores the parameters. */
  readonly weights: WeightType;
}

export const PRESETS = {
  /** Minutes on one core. */
  pocket: {
    model: {
      layers: 8, // with 4 or 6 the two hops stay at chance for thousands of steps
      width: 64, // enough for 470 names; quarters the cost of the paper's 128
      heads: 2, // head width 32 as in the paper; 16 doubles the time to the first circuits
      ropeBase: 100, // sequences are short: base 10000 doubles the time, too
      absolutePositions: 0, // RoPE alone: with a learned table the two hops never joined on pictures
      embeddingStd: 0.5, // larger than usual: names must stand out from the first step on
    },
    vocabulary: FULL_VOCABULARY, // recipes begin with few names and expand
    grid: 6, // 36 cells hold the 32 objects of the hardest OOD query
    scenesPerBatch: 64, // fits a core's cache; larger batches did not shorten the plateaus
    questionsPerScene: 8, // packed: 8 answers for the price of about 1.5
    contextMaskProbability: 0.5, // keeps both hops at the query, where they can be read; joins them at once
    weights: 'float32', // 2 MB
  },
  /** The paper's own size: an hour or two of one core for the longest regime, with all before it. */
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
    grid: 7, // as many tokens as the paper's ResNet-152 gives; 14 x 14 take several times as long
    scenesPerBatch: 64, // not given in the paper; as in pocket
    questionsPerScene: 8, // not given in the paper; packing is ours
    contextMaskProbability: 0.5, // not in the paper; as in pocket
    weights: 'float16', // 5 MB instead of 10
  },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;

/** The preset that a recipe names; recipes of tests name others. */
export const presetNamed = (name: string): Preset | undefined =>
  (PRESETS as Readonly<Record<string, Preset | undefined>>)[name];
