import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import {
  lineageSchema,
  provenanceSchema,
  type Lineage,
  type Provenance,
} from '../contract/card.ts';
import { recipeSchema, type Recipe } from '../contract/recipe.ts';
import { sha256, writeAtomically } from '../node/files.ts';
import { withCurrentNames } from './checkpoint-migration.ts';
import { isFinished, progressSchema, type Progress } from './curriculum.ts';
import type { HostState } from './engines/engine.ts';

/** Names of a run's checkpoints: the one that it continues from, and one for the end of each stage. */
export const CHECKPOINT_FILE = 'checkpoint.safetensors';
export const stageFile = (stage: string): string => `${stage}.safetensors`;

/**
 * A checkpoint is one safetensors file: an 8-byte little-endian header length, a JSON header, then the
 * vectors. What is not a vector is in the header's `__metadata__`, as strings.
 *
 * @see https://huggingface.co/docs/safetensors/index#format
 */
export interface Checkpoint {
  readonly recipe: Recipe;
  readonly progress: Progress;
  readonly state: HostState;
  /** Seconds of training so far. */
  readonly seconds: number;
  readonly lineage: Lineage;
  readonly provenance: Provenance;
}

/** A checkpoint that cannot be written or read; the message says which file and what to do. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

const VECTORS = ['theta', 'momentum', 'variance'] as const;

const metadataSchema = z.object({
  recipe: z.string(),
  progress: z.string(),
  provenance: z.string(),
  lineage: z.string(),
  seconds: z.coerce.number(),
});

const headerSchema = z.object({ __metadata__: z.record(z.string(), z.string()) });

export function saveCheckpoint(path: string, checkpoint: Checkpoint): void {
  writeState(path, checkpoint.state, {
    recipe: JSON.stringify(checkpoint.recipe),
    progress: JSON.stringify(checkpoint.progress),
    provenance: JSON.stringify(checkpoint.provenance),
    lineage: JSON.stringify(checkpoint.lineage),
    seconds: String(checkpoint.seconds),
  } satisfies Record<keyof z.infer<typeof metadataSchema>, string>);
}

/** @throws CheckpointError when the file is missing, cut short or changed */
export function loadCheckpoint(path: string): Checkpoint {
  return readState(path, (state, strings) => {
    const metadata = metadataSchema.parse(strings);
    return {
      recipe: recipeSchema.parse(withCurrentNames(JSON.parse(metadata.recipe))),
      progress: progressSchema.parse(JSON.parse(metadata.progress)),
      provenance: provenanceSchema.parse(JSON.parse(metadata.provenance)),
      lineage: lineageSchema.parse(withCurrentNames(JSON.parse(metadata.lineage))),
      seconds: metadata.seconds,
      state,
    };
  });
}

/**
 * @param run folder of the checkpoint
 * @throws CheckpointError when its training has not ended
 */
export function requireFinished({ recipe, progress, provenance }: Checkpoint, run: string): void {
  if (isFinished(recipe, progress)) return;
  throw new CheckpointError(
    `the run in ${run} is not finished; finish it with: ${provenance.command}`,
  );
}

/** Writes vectors and strings as one safetensors file. A write that fails leaves the old file as it was. */
export function writeState(
  path: string,
  state: HostState,
  metadata: Readonly<Record<string, string>>,
): void {
  const body = Buffer.concat(VECTORS.map((name) => bytesOf(state[name])));
  let offset = 0;
  const tensors = Object.fromEntries(
    VECTORS.map((name) => {
      const { length } = state[name];
      const data_offsets = [offset, (offset += 4 * length)];
      return [name, { dtype: 'F32', shape: [length], data_offsets }];
    }),
  );
  const strings = { ...metadata, sha256: sha256(body) };
  const header = Buffer.from(JSON.stringify({ __metadata__: strings, ...tensors }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  writeAtomically(path, Buffer.concat([length, header, body]));
}

/**
 * Reads what `writeState` wrote.
 *
 * @param build makes the result; an error that it throws means that the file is damaged
 * @throws CheckpointError when the file is missing, cut short or changed
 */
export function readState<T>(
  path: string,
  build: (state: HostState, metadata: Readonly<Record<string, string>>) => T,
): T {
  if (!existsSync(path)) throw new CheckpointError(`there is no checkpoint at ${path}`);
  try {
    const file = readFileSync(path);
    const headerLength = Number(file.readBigUInt64LE(0));
    const header: unknown = JSON.parse(file.subarray(8, 8 + headerLength).toString());
    const { __metadata__: metadata } = headerSchema.parse(header);
    const body = file.subarray(8 + headerLength);
    if (sha256(body) !== metadata['sha256']) throw new Error('its checksum does not match');
    const values = new Float32Array(new Uint8Array(body).buffer);
    const size = values.length / VECTORS.length;
    const state = {
      theta: values.slice(0, size),
      momentum: values.slice(size, 2 * size),
      variance: values.slice(2 * size),
    };
    return build(state, metadata);
  } catch (error) {
    const [reason] = error instanceof Error ? error.message.split('\n') : ['unreadable'];
    throw new CheckpointError(
      `the checkpoint ${path} is damaged (${reason}); delete it to start from the beginning`,
      { cause: error },
    );
  }
}

function bytesOf(values: Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}
