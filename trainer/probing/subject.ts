import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelCardSchema, modelIdSchema, type ModelCard } from '../../contract/card.ts';
import type { ModelConfig } from '../../contract/recipe.ts';
import { openModel } from '../../inference/session.ts';
import type { Subject } from '../../probes/lay.ts';
import { openProbe, type HeadRun } from '../../probes/runner.ts';
import { loadCheckpoint, sha256 } from '../checkpoint.ts';
import { modalitiesOf } from '../curriculum.ts';
import { randomEncoderModel } from '../encoders/random.ts';
import { inferenceModel, probeFile } from '../model-file.ts';
import { CHECKPOINT_FILE, stageFile } from '../train.ts';

/** A model that is ready to be probed. */
export interface ProbedModel {
  readonly card: Pick<ModelCard, 'id' | 'modalities' | 'recipe'>;
  /** SHA-256 of its `model.onnx`. */
  readonly digest: string;
  readonly subject: Subject<HeadRun>;
}

/**
 * Opens `models/<id>` for probing.
 *
 * @throws Error when there is no such model, or its files are not those that its card describes
 */
export async function openSubject(models: string, id: string): Promise<ProbedModel> {
  const folder = join(models, id);
  const cardPath = join(folder, 'card.json');
  if (!existsSync(cardPath))
    throw new Error(`there is no model ${id} in ${models}: export it first`);
  const card = modelCardSchema.parse(JSON.parse(readFileSync(cardPath, 'utf8')));
  const read = ({ name, sha256: expected }: { name: string; sha256: string }) => {
    const bytes = new Uint8Array(readFileSync(join(folder, name)));
    if (sha256(bytes) !== expected) throw new Error(`${id}/${name} is not the one of its card`);
    return bytes;
  };
  const { model, encoder, probe } = card.files;
  const { weightsOffset } = model;
  const files = { model: read(model), probe: read(probe), weightsOffset };
  const subject = await open(card.recipe.model, { ...files, encoder: encoder && read(encoder) });
  return { card, digest: model.sha256, subject };
}

/**
 * Opens a checkpoint of a run for probing, as the model that it would be exported as.
 *
 * @param stage whose end is meant; without it the run as it stands
 * @throws CheckpointError when there is no such checkpoint
 */
export async function openCheckpoint(run: string, stage?: string): Promise<ProbedModel> {
  const { recipe, state } = loadCheckpoint(join(run, stage ? stageFile(stage) : CHECKPOINT_FILE));
  const modalities = modalitiesOf(recipe);
  const sees = modalities.includes('image');
  const config = { ...recipe.model, patchFeatures: sees ? recipe.model.patchFeatures : 0 };
  const { model, weightsOffset } = inferenceModel(recipe.model, config, state.theta);
  const encoder = sees ? await randomEncoderModel() : null;
  const files = { model, probe: probeFile(config), weightsOffset, encoder };
  return {
    card: {
      id: modelIdSchema.parse(stage ? `${recipe.regime}-${stage}` : recipe.regime),
      modalities,
      recipe,
    },
    digest: sha256(model),
    subject: await open(recipe.model, files),
  };
}

interface Files {
  readonly model: Uint8Array;
  readonly weightsOffset: number;
  readonly probe: Uint8Array;
  readonly encoder: Uint8Array | null;
}

async function open(config: ModelConfig, files: Files): Promise<Subject<HeadRun>> {
  const { model, encoder } = files;
  const featureWidth = encoder ? config.patchFeatures : 0;
  const ort = await import('onnxruntime-node');
  const weights = model.subarray(files.weightsOffset);
  const probe = await openProbe(ort, files.probe, weights, config, featureWidth);
  const sight = await openModel(ort, { model, ...(encoder && { encoder }), featureWidth });
  return { probe, encode: sight.encode.bind(sight), featureWidth };
}
