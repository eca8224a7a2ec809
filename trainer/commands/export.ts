import { SingleBar } from 'cli-progress';
import type { PresetName } from '../presets.ts';
import { exportModel } from '../export.ts';
import { runDirectory } from './train.ts';

export interface ExportArguments {
  readonly regime: string;
  readonly preset: PresetName;
  readonly seed: number;
  readonly run?: string;
  readonly id?: string;
  readonly models: string;
  readonly queries: number;
}

export async function runExport(options: ExportArguments): Promise<void> {
  const { regime, preset, seed, models, queries } = options;
  const bar = new SingleBar({ format: 'evaluating {bar} {percentage}% | {eta_formatted} left' });
  bar.start(100, 0);
  const card = await exportModel({
    run: options.run ?? runDirectory(regime, preset, seed),
    id: options.id ?? regime,
    models,
    queries,
    onProgress: (done) => {
      bar.update(Math.round(100 * done));
    },
  }).finally(() => {
    bar.stop();
  });
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  for (const { modality, order, id, ood } of card.evaluation.results) {
    console.log(
      `${modality}, associations ${order}: ID ${percent(id.accuracy)}, OOD ${percent(ood.accuracy)}`,
    );
  }
  console.log(`${models}/${card.id} is written`);
}
