import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { featureWidthOf, modelCardSchema, type ModelCard } from '../contract/card.ts';
import type { ModelConfig } from '../contract/recipe.ts';
import type { PatchEncoder } from '../inference/patch-encoder.ts';
import { openModel } from '../inference/session.ts';
import { readJson, sha256 } from '../node/files.ts';
import { nodeRuntime } from '../node/onnx-runtime.ts';
import type { ProbeSubject } from '../probes/prompt-batch.ts';
import { openProbe, type HeadRun } from '../probes/runner.ts';
import { encoderOfCard } from './encoders/index.ts';

/** A model that is ready to be probed. */
export interface ProbedModel {
  readonly card: Pick<ModelCard, 'id' | 'modalities' | 'recipe'>;
  /** SHA-256 of its `model.onnx`. */
  readonly digest: string;
  readonly subject: ProbeSubject<HeadRun>;
}

/** What a subject is opened from. */
export interface SubjectFiles {
  /** `model.onnx`: a graph, followed by the parameters. */
  readonly model: Uint8Array;
  /** Bytes of the graph. */
  readonly weightsOffset: number;
  /** `probe.onnx`: the graph with hooks, without parameters. */
  readonly probe: Uint8Array;
  readonly encoder?: Uint8Array | PatchEncoder;
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
  const { model, probe } = card.files;
  const config = { ...card.recipe.model, patchFeatures: featureWidthOf(card) };
  const subject = await subjectOf(config, {
    model: readModelFile(folder, model),
    weightsOffset: model.weightsOffset,
    probe: readModelFile(folder, probe),
    ...(await encoderOfCard(card, folder, encoder)),
  });
  return { card, digest: model.sha256, subject };
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

export async function subjectOf(
  config: ModelConfig,
  { model, weightsOffset, probe, encoder }: SubjectFiles,
): Promise<ProbeSubject<HeadRun>> {
  const { patchFeatures: featureWidth } = config;
  const runtime = await nodeRuntime();
  const weights = model.subarray(weightsOffset);
  const runner = await openProbe(runtime, probe, weights, config, featureWidth);
  const session = await openModel(runtime, { model, ...(encoder && { encoder }), featureWidth });
  return { probe: runner, encode: session.encode.bind(session), featureWidth };
}
