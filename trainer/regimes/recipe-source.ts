import type { z } from 'zod';
import type { ModelConfig, recipeSchema } from '../../contract/recipe.ts';

/**
 * A regime's recipe without its name and its size. What it has replaces the preset's.
 *
 * @typeParam Origin the regimes that it refers to: `never` for one that starts from scratch
 */
export type RecipeSource<Origin extends string = never> = Pick<
  z.input<typeof recipeSchema>,
  | 'description'
  | 'stages'
  | 'projection'
  | 'tokenEmbeddingsFrom'
  | 'contextMaskProbability'
  | 'loss'
> & {
  readonly questionsPerScene?: number;
  /** How the model tells positions apart. */
  readonly model?: Pick<ModelConfig, 'ropeBase' | 'absolutePositions'>;
  /** The regime whose model this one starts from. */
  readonly from?: Origin;
  /** The regime whose steps and answers this one has in all. */
  readonly matchBudgetOf?: Origin;
};

export type StageSource = RecipeSource['stages'][number];
export type StreamSource = StageSource['mix'][number];
/** A stream whose share in the stage is not yet decided. */
export type StreamKind = Omit<StreamSource, 'share'>;
