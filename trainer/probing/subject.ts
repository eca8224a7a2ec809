import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelCardSchema, type ModelCard } from '../../contract/card.ts';
import type { ModelConfig } from '../../contract/recipe.ts';
import { openModel } from '../../inference/session.ts';
import type { Subject } from '../../probes/lay.ts';
import { openProbe, type HeadRun } from '../../probes/runner.ts';
import { sha256, writeAtomically } from '../checkpoint.ts';
import { probeGraph } from '../graphs.ts';
import { encodeModel } from '../tracer/onnx.ts';

/** The probe graph alone; its weights are the tail of `model.onnx`. */
const PROBE_FILE = 'probe.onnx';

/** An exported model that is ready to be probed. */
export interface ProbedModel {
  readonly card: ModelCard;
  /** SHA-256 of its `model.onnx`. */
  readonly digest: string;
  readonly subject: Subject<HeadRun>;
}

/**
 * Opens `models/<id>` for probing, and writes its probe graph where that is missing or of another shape.
 *
 * @throws Error when there is no such model, or its file is not the one that its card describes
 */
export async function openSubject(models: string, id: string): Promise<ProbedModel> {
  const folder = join(models, id);
  const cardPath = join(folder, 'card.json');
  if (!existsSync(cardPath))
    throw new Error(`there is no model ${id} in ${models}: export it first`);
  const card = modelCardSchema.parse(JSON.parse(readFileSync(cardPath, 'utf8')));
  const { model: file, encoder: encoderFile } = card.files;
  const model = new Uint8Array(readFileSync(join(folder, file.name)));
  const digest = sha256(model);
  if (digest !== file.sha256) throw new Error(`${id}/${file.name} is not the one of its card`);

  const featureWidth = encoderFile ? card.recipe.model.patchFeatures : 0;
  const config = { ...card.recipe.model, patchFeatures: featureWidth };
  const graph = writeProbeGraph(join(folder, PROBE_FILE), config);
  const ort = await import('onnxruntime-node');
  const probe = await openProbe(
    ort,
    graph,
    model.subarray(file.weightsOffset),
    config,
    featureWidth,
  );
  const encoder = encoderFile && new Uint8Array(readFileSync(join(folder, encoderFile.name)));
  const sight = await openModel(ort, { model, ...(encoder && { encoder }), featureWidth });
  return { card, digest, subject: { probe, encode: sight.encode.bind(sight), featureWidth } };
}

function writeProbeGraph(path: string, config: ModelConfig): Uint8Array {
  const graph = encodeModel(probeGraph(config));
  if (!existsSync(path) || !readFileSync(path).equals(graph)) writeAtomically(path, graph);
  return graph;
}
