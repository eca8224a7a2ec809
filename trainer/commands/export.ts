import type { WeightType } from '../../contract/card.ts';
import { withProgressBar } from '../../node/progress.ts';
import { exportModel } from '../export.ts';
import type { PresetName } from '../presets.ts';
import type { Regime } from '../regimes/index.ts';
import { modelId, runDirectory, runKey } from '../run-key.ts';

export interface ExportCommandOptions {
  readonly regime: Regime;
  readonly preset: PresetName;
  readonly seed: number;
  /** See `openRecordedEncoder`. */
  readonly encoder?: string;
  readonly grid?: number;
  /** Folder of the run; default: see `runDirectory`. */
  readonly run?: string;
  /** Default: see `modelId`. */
  readonly id?: string;
  readonly models: string;
  /** Test queries per number of objects. */
  readonly queries: number;
  readonly weights?: WeightType;
}

/** Exports a finished run and prints its accuracies. */
export async function runExport(options: ExportCommandOptions): Promise<void> {
  const { encoder, models, queries, weights } = options;
  const key = runKey(options);
  const card = await withProgressBar('evaluating', (onProgress) =>
    exportModel({
      run: options.run ?? runDirectory(key),
      ...(encoder !== undefined && { encoder }),
      id: options.id ?? modelId(key),
      models,
      queries,
      ...(weights && { weights }),
      onProgress,
    }),
  );
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  for (const { modality, order, id, ood } of card.evaluation.results) {
    console.log(
      `${modality}, associations ${order}: ID ${percent(id.accuracy)}, OOD ${percent(ood.accuracy)}`,
    );
  }
  const { precisionCheck } = card.files.model;
  if (precisionCheck) {
    const { queries: total, changed, maxRelativeLogitDelta } = precisionCheck;
    console.log(
      `float16 parameters change ${changed} of ${total} answers; the largest change of a logit is ` +
        `${maxRelativeLogitDelta.toPrecision(1)} of the largest logit`,
    );
  }
  console.log(`wrote ${models}/${card.id}`);
}
