import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelCardSchema, type ModelCard } from '../../contract/card.ts';
import { openModel } from '../../inference/session.ts';
import type { Subject } from '../../probes/lay.ts';
import { openProbe, type HeadRun } from '../../probes/runner.ts';
import { sha256 } from '../checkpoint.ts';

/** An exported model that is ready to be probed. */
export interface ProbedModel {
  readonly card: ModelCard;
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
  const { model: file, encoder: encoderFile, probe: probeFile } = card.files;
  const model = read(file);

  const featureWidth = encoderFile ? card.recipe.model.patchFeatures : 0;
  const ort = await import('onnxruntime-node');
  const probe = await openProbe(
    ort,
    read(probeFile),
    model.subarray(file.weightsOffset),
    card.recipe.model,
    featureWidth,
  );
  const encoder = encoderFile && read(encoderFile);
  const sight = await openModel(ort, { model, ...(encoder && { encoder }), featureWidth });
  return {
    card,
    digest: file.sha256,
    subject: { probe, encode: sight.encode.bind(sight), featureWidth },
  };
}
