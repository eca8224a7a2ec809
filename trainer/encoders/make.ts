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
import { measureDecodability } from './decodability.ts';
import { encoderFolder } from './index.ts';
import { patchwiseEncoder } from './patchwise.ts';

export interface ShippedEncoder {
  readonly name: string;
  readonly description: string;
  readonly file: Uint8Array;
  readonly training: EncoderCard['training'];
  /** The log of its training, where something was learnt. */
  readonly log?: string;
}

/** Measures an encoder on few names and on all and writes `models/encoders/<name>/`. */
export async function shipEncoder(models: string, made: ShippedEncoder): Promise<EncoderCard> {
  const { name, description, file, training, log } = made;
  const encoder = await patchwiseEncoder(name, file);
  const decodability: Decodability[] = [];
  for (const names of [FEW_NAMES.colours, LIMITS.colours]) {
    decodability.push(...(await measureDecodability(encoder, names)));
  }
  const card = encoderCardSchema.parse({
    schema: 1,
    description,
    encoder: encoder.identity,
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
