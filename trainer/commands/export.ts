import type { PresetName } from '../presets.ts';
import { exportModel } from '../export.ts';
import type { RecipeName } from '../recipes/index.ts';
import { runDirectory } from '../runs.ts';
import { withBar } from './progress.ts';

export interface ExportArguments {
  readonly regime: RecipeName;
  readonly preset: PresetName;
  readonly seed: number;
  readonly run?: string;
  readonly id?: string;
  readonly models: string;
  readonly queries: number;
}

export async function runExport(options: ExportArguments): Promise<void> {
  const { regime, preset, seed, models, queries } = options;
  const card = await withBar('evaluating', (onProgress) =>
    exportModel({
      run: options.run ?? runDirectory({ regime, preset, seed }),
      id: options.id ?? regime,
      models,
      queries,
      onProgress,
    }),
  );
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  for (const { modality, order, id, ood } of card.evaluation.results) {
    console.log(
      `${modality}, associations ${order}: ID ${percent(id.accuracy)}, OOD ${percent(ood.accuracy)}`,
    );
  }
  console.log(`${models}/${card.id} is written`);
}
