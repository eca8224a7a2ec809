import type { WeightType } from '../../contract/card.ts';
import type { PresetName } from '../presets.ts';
import { exportModel } from '../export.ts';
import type { Regime } from '../regimes/index.ts';
import { runKeyOf, modelId, runDirectory } from '../run-key.ts';
import { withProgressBar } from '../../node/progress.ts';

export interface ExportArguments {
  readonly regime: Regime;
  readonly preset: PresetName;
  readonly seed: number;
  /** See `openFrozenEncoder`. */
  readonly encoder?: string;
  readonly grid?: number;
  readonly run?: string;
  readonly id?: string;
  readonly models: string;
  readonly queries: number;
  readonly weights?: WeightType;
}

export async function runExport(options: ExportArguments): Promise<void> {
  const { encoder, models, queries } = options;
  const branch = runKeyOf(options);
  const card = await withProgressBar('evaluating', (onProgress) =>
    exportModel({
      run: options.run ?? runDirectory(branch),
      ...(encoder && { encoder }),
      id: options.id ?? modelId(branch),
      models,
      queries,
      ...(options.weights && { weights: options.weights }),
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
    const { queries: asked, changed, maxRelativeLogitDelta } = precisionCheck;
    console.log(
      `half precision changes ${changed} of ${asked} answers, and no logit by more than ` +
        `${maxRelativeLogitDelta.toPrecision(1)} of the largest`,
    );
  }
  console.log(`${models}/${card.id} is written`);
}
