import type { Provenance } from '../contract/card.ts';
import type { Recipe } from '../contract/recipe.ts';
import type { Progress } from './curriculum.ts';
import type { FrozenEncoder } from '../measurement/encoders/frozen-encoder.ts';
import type { EngineFactory, EngineOptions } from './engines/engine.ts';
import type { Metrics } from './metrics.ts';

export interface TrainOptions {
  readonly recipe: Recipe;
  readonly seed: number;
  readonly provenance: Provenance;
  /** Folder of the run: checkpoint and metrics. */
  readonly directory: string;
  readonly engine: EngineFactory;
  readonly engineOptions: EngineOptions;
  /** The encoder that the recipe names. */
  readonly encoder?: FrozenEncoder;
  /** Checkpoint of the model that the recipe starts from. */
  readonly from?: string;
  /** Checkpoint whose token embeddings it starts with, where the recipe takes a donor's. */
  readonly embeddingsFrom?: string;
  readonly onProgress?: (metrics: Metrics, progress: Progress) => void;
  /** Stops training: it saves and returns. */
  readonly signal?: AbortSignal;
  /** Steps between two measurements of the mechanism. */
  readonly probeEvery?: number;
  /** Ends after so many steps of the run, as if interrupted. */
  readonly stopAfter?: number;
}
