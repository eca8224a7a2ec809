import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import {
  trainedCardSchema,
  modelIndexSchema,
  type TrainedCard,
  type WeightType,
} from '../contract/card.ts';
import { openModel } from '../inference/session.ts';
import { readJson, writeAtomically } from '../node/files.ts';
import { CHECKPOINT_FILE, loadCheckpoint, requireFinished } from './checkpoint.ts';
import { TRAINING_LOG, writeAnswers, writeCard } from '../measurement/card-file.ts';
import { modalitiesOf } from './curriculum.ts';
import { curveOf } from './curve.ts';
import { openRecordedEncoder } from '../measurement/encoders/index.ts';
import { evaluateForCard } from '../measurement/evaluation.ts';
import { parameterCount } from './model/index.ts';
import { nodeRuntime } from '../node/onnx-runtime.ts';
import { presetNamed } from './presets.ts';
import { describeFile, inferenceModel } from './model-file.ts';
import { checkPrecision } from '../measurement/fp16-check.ts';
import { METRICS_FILE, readMetrics } from './metrics.ts';

export interface ExportOptions {
  /** Folder of a finished run. */
  readonly run: string;
  readonly id: string;
  /** Opens the run's encoder where it is not shipped: see `openFrozenEncoder`. */
  readonly encoder?: string;
  /** Folder of all models. */
  readonly models: string;
  /** Test queries per object count. */
  readonly queries: number;
  /** By default what the run's preset stores. */
  readonly weights?: WeightType;
  readonly onProgress?: (done: number) => void;
}

/**
 * Writes `models/<id>/`: the ONNX files, the card with their evaluation, the log of the run and its
 * figure. Adds the model to the index.
 */
export async function exportModel(options: ExportOptions): Promise<TrainedCard> {
  const { run, id, models } = options;
  const checkpoint = loadCheckpoint(join(run, CHECKPOINT_FILE));
  const { recipe, progress, provenance, seconds, state } = checkpoint;
  requireFinished(checkpoint, run);
  const modalities = modalitiesOf(recipe);
  const config = recipe.encoder ? recipe.model : { ...recipe.model, patchFeatures: 0 };
  const weights = options.weights ?? presetNamed(recipe.preset)?.weights ?? 'float32';
  const model = inferenceModel(recipe.model, config, state.theta, weights);
  const encoder = recipe.encoder && (await openRecordedEncoder(recipe.encoder, options.encoder));

  const ort = await nodeRuntime();
  const vision = { ...(encoder && { encoder }), featureWidth: config.patchFeatures };
  const runner = await openModel(ort, { model, ...vision });
  const precisionCheck = async () => {
    const file = inferenceModel(recipe.model, config, state.theta);
    const exact = await openModel(ort, { model: file, ...vision });
    return checkPrecision(runner, exact, modalities, recipe).finally(() => exact.release());
  };
  const { evaluation, answers } = await evaluateForCard(
    runner,
    { modalities, vocabulary: recipe.vocabulary, grid: recipe.grid },
    options.queries,
    options.onProgress,
  );
  const card = trainedCardSchema.parse({
    schema: 1,
    kind: 'trained',
    id,
    seed: progress.seed,
    modalities,
    recipe,
    parameters: parameterCount(config),
    training: {
      ...provenance,
      steps: progress.step,
      answers: progress.answers,
      seconds: Math.round(seconds),
      lineage: checkpoint.lineage,
    },
    files: {
      model: {
        ...describeFile('model.onnx', model),
        weights,
        ...(weights === 'float16' && { precisionCheck: await precisionCheck() }),
      },
      encoder: encoder?.file ? describeFile('encoder.onnx', encoder.file) : null,
    },
    evaluation,
    ...curveOf(readMetrics(join(run, METRICS_FILE))),
  } satisfies TrainedCard);
  await runner.release();

  const folder = join(models, id);
  mkdirSync(folder, { recursive: true });
  writeAtomically(join(folder, 'model.onnx'), model);
  if (encoder?.file) writeAtomically(join(folder, 'encoder.onnx'), encoder.file);
  copyFileSync(join(run, METRICS_FILE), join(folder, TRAINING_LOG));
  writeCard(folder, card);
  writeAnswers(folder, card, answers);
  await addToIndex(join(models, 'index.json'), id);
  return card;
}

/** Other processes of a sweep, on other machines too, may add their models at the same time. */
async function addToIndex(path: string, id: string): Promise<void> {
  const unlock = await lock(path, { realpath: false, retries: { retries: 100, maxTimeout: 1000 } });
  try {
    const index = existsSync(path)
      ? readJson(path, modelIndexSchema)
      : { schema: 1 as const, models: [] };
    if (!index.models.includes(id)) index.models.push(id);
    writeAtomically(path, `${JSON.stringify(index, null, 2)}\n`);
  } finally {
    await unlock();
  }
}
