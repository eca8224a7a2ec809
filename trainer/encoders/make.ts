import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  encoderCardSchema,
  type Decodability,
  type EncoderCard,
} from '../../contract/encoder-card.ts';
import { LIMITS } from '../../task/spec.ts';
import { sha256, writeAtomically } from '../../node/files.ts';
import { FEW_NAMES } from '../regimes/streams.ts';
import { measureDecodability } from '../../measurement/encoders/decodability.ts';
import { encoderFolder } from '../../measurement/encoders/index.ts';
import { openPatchEncoder } from '../../measurement/encoders/frozen-encoder.ts';

export interface NewEncoder {
  readonly name: string;
  readonly description: string;
  readonly file: Uint8Array;
  readonly training: EncoderCard['training'];
  /** Path of the training log; absent for an encoder that is not trained. */
  readonly log?: string;
}

/** Writes `models/encoders/<name>/`, with how well few names and all names can be read from its features. */
export async function shipEncoder(models: string, encoder: NewEncoder): Promise<EncoderCard> {
  const { name, description, file, training, log } = encoder;
  const frozen = await openPatchEncoder(name, file);
  const decodability: Decodability[] = [];
  for (const names of [FEW_NAMES.colours, LIMITS.colours]) {
    decodability.push(...(await measureDecodability(frozen, names)));
  }
  const card = encoderCardSchema.parse({
    schema: 1,
    description,
    encoder: frozen.identity,
    file: { name: 'encoder.onnx', bytes: file.length, sha256: sha256(file) },
    training,
    decodability,
  } satisfies EncoderCard);
  const folder = encoderFolder(models, name);
  mkdirSync(folder, { recursive: true });
  writeAtomically(join(folder, 'encoder.onnx'), file);
  if (log) copyFileSync(log, join(folder, 'training.jsonl'));
  writeAtomically(join(folder, 'card.json'), `${JSON.stringify(card, null, 2)}\n`);
  return card;
}
