import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  featureWidthOf,
  modelCardSchema,
  modelIdSchema,
  type ModelCard,
} from '../contract/card.ts';
import type { ModelConfig } from '../contract/recipe.ts';
import type { PatchEncoder } from '../inference/patch-encoder.ts';
import { openModel } from '../inference/session.ts';
import type { ProbeSubject } from '../probes/prompt-batch.ts';
import { openProbe, type HeadRun } from '../probes/runner.ts';
import { sha256 } from '../node/files.ts';
import { loadCheckpoint } from './checkpoint.ts';
import { modalitiesOf } from './curriculum.ts';
import { encoderOfCard, recordedEncoder } from './encoders/index.ts';
import { inferenceModel, probeFile } from './model-file.ts';
import { nodeRuntime } from '../node/onnx-runtime.ts';
import { CHECKPOINT_FILE, stageFile } from './train.ts';

/** A model that is ready to be probed. */
export interface ProbedModel {
  readonly card: Pick<ModelCard, 'id' | 'modalities' | 'recipe'>;
  /** SHA-256 of its `model.onnx`. */
  readonly digest: string;
  readonly subject: ProbeSubject<HeadRun>;
}

/**
 * Opens `models/<id>` for probing.
 *
 * @param given see `encoderOfCard`
 * @throws Error when there is no such model, or its files are not those that its card describes
 */
export async function openSubject(
  models: string,
  id: string,
  given?: string,
): Promise<ProbedModel> {
  const folder = join(models, id);
  const cardPath = join(folder, 'card.json');
  if (!existsSync(cardPath))
    throw new Error(`there is no model ${id} in ${models}: export it first`);
  const card = modelCardSchema.parse(JSON.parse(readFileSync(cardPath, 'utf8')));
  const read = ({ name, sha256: expected }: { name: string; sha256: string }) => {
    const path = join(folder, name);
    // Of other seeds and encoders the figures alone are kept in the repository.
    if (!existsSync(path)) throw new Error(`${path} is not there: export the run of ${id} again`);
    const bytes = new Uint8Array(readFileSync(path));
    if (sha256(bytes) !== expected) throw new Error(`${id}/${name} is not the one of its card`);
    return bytes;
  };
  const { model, probe } = card.files;
  const { weightsOffset } = model;
  const files = { model: read(model), probe: read(probe), weightsOffset };
  const config = { ...card.recipe.model, patchFeatures: featureWidthOf(card) };
  const subject = await open(config, { ...files, ...(await encoderOfCard(card, folder, given)) });
  return { card, digest: model.sha256, subject };
}

/**
 * Opens a checkpoint of a run for probing, as the model that it would be exported as.
 *
 * @param stage whose end is meant; without it the run as it stands
 * @param given see `encoderOfCard`
 * @throws CheckpointError when there is no such checkpoint
 */
export async function openCheckpoint(
  run: string,
  { stage, given }: { stage?: string | undefined; given?: string | undefined },
): Promise<ProbedModel> {
  const { recipe, state } = loadCheckpoint(join(run, stage ? stageFile(stage) : CHECKPOINT_FILE));
  const modalities = modalitiesOf(recipe);
  const config = recipe.encoder ? recipe.model : { ...recipe.model, patchFeatures: 0 };
  const { model, weightsOffset } = inferenceModel(recipe.model, config, state.theta);
  const encoder = recipe.encoder && (await recordedEncoder(recipe.encoder, given));
  const files = { model, probe: probeFile(config), weightsOffset, ...(encoder && { encoder }) };
  return {
    card: {
      id: modelIdSchema.parse(stage ? `${recipe.regime}-${stage}` : recipe.regime),
      modalities,
      recipe,
    },
    digest: sha256(model),
    subject: await open(config, files),
  };
}

interface Files {
  readonly model: Uint8Array;
  readonly weightsOffset: number;
  readonly probe: Uint8Array;
  readonly encoder?: Uint8Array | PatchEncoder;
}

async function open(config: ModelConfig, files: Files): Promise<ProbeSubject<HeadRun>> {
  const { model, encoder } = files;
  const { patchFeatures: featureWidth } = config;
  const ort = await nodeRuntime();
  const weights = model.subarray(files.weightsOffset);
  const probe = await openProbe(ort, files.probe, weights, config, featureWidth);
  const sight = await openModel(ort, { model, ...(encoder && { encoder }), featureWidth });
  return { probe, encode: sight.encode.bind(sight), featureWidth };
}
