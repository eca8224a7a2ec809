import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelCardSchema, type ModelCard } from '../contract/card.ts';
import { modelFacts, type ModelFacts } from '../contract/model-facts.ts';
import { openModel, type ModelFiles } from '../inference/session.ts';
import { readJson, sha256 } from '../node/files.ts';
import { nodeRuntime } from '../node/onnx-runtime.ts';
import type { ProbeSubject } from '../probes/prompt-batch.ts';
import { openProbe, type HeadRun } from '../probes/runner.ts';
import { encoderOfCard } from './encoders/index.ts';

/** A model that is ready to be probed. */
export interface ProbedModel {
  readonly card: Pick<ModelCard, 'id' | 'modalities'> & Pick<ModelFacts, 'vocabulary' | 'grid'>;
  /** SHA-256 of its `model.onnx`. */
  readonly digest: string;
  readonly subject: ProbeSubject<HeadRun>;
}

/** Reads `models/<id>/card.json`. @throws Error when there is no such model */
export function readCard(models: string, id: string): ModelCard {
  const path = join(models, id, 'card.json');
  if (!existsSync(path)) {
    throw new Error(`there is no model ${id} in ${models}; export its run first`);
  }
  return readJson(path, modelCardSchema);
}

/**
 * Opens `models/<id>` for probing.
 *
 * @param encoder how to open an encoder that is not in the model's folder, see `encoderOfCard`
 * @throws Error when there is no such model, or its files are not those that its card describes
 */
export async function openSubject(
  models: string,
  id: string,
  encoder?: string,
): Promise<ProbedModel> {
  const folder = join(models, id);
  const card = readCard(models, id);
  const { model } = card.files;
  const { featureWidth, signature, vocabulary, grid } = modelFacts(card);
  const subject = await subjectOf({
    model: readModelFile(folder, model),
    featureWidth,
    ...(signature && { signature }),
    ...(card.kind === 'trained' && (await encoderOfCard(card, folder, encoder))),
  });
  const { modalities } = card;
  return { card: { id, modalities, vocabulary, grid }, digest: model.sha256, subject };
}

function readModelFile(
  folder: string,
  { name, sha256: expected }: { readonly name: string; readonly sha256: string },
): Uint8Array {
  const path = join(folder, name);
  // The repository has cards, but no model files, of other seeds and encoders.
  if (!existsSync(path)) throw new Error(`there is no file ${path}; export the model's run again`);
  const bytes = new Uint8Array(readFileSync(path));
  if (sha256(bytes) !== expected) {
    throw new Error(`${path} does not have the sha256 of its card; export the model's run again`);
  }
  return bytes;
}

/** Opens a model file twice: with hooks, and for the features of pictures. */
export async function subjectOf(files: ModelFiles): Promise<ProbeSubject<HeadRun>> {
  const runtime = await nodeRuntime();
  const probe = await openProbe(runtime, files.model);
  const session = await openModel(runtime, files);
  return { probe, encode: session.encode.bind(session), featureWidth: files.featureWidth };
}
