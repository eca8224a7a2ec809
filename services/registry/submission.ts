import type { z } from 'zod';
import { modelCardSchema, type ModelCard } from '../../contract/card.ts';
import { sha256Of } from '../../contract/digest.ts';
import { probesSchema } from '../../contract/probes.ts';
import { UPLOAD_PARTS, type UploadPart } from '../../contract/registry.ts';
import { checkEncoderGraph, checkModelGraph } from './graph-checks.ts';
import type { Catalogue } from '../catalogue.ts';
import { ServiceError, type InvalidPart } from '../service-error.ts';

/** A model to publish: a card, and the files that it describes. */
export interface Submission {
  readonly card: ModelCard;
  readonly files: ReadonlyMap<UploadPart, Uint8Array<ArrayBuffer>>;
  /** sha256 of each file. */
  readonly digests: ReadonlyMap<UploadPart, string>;
}

/**
 * Reads an upload and checks everything that does not need a session.
 *
 * @param parts files by name, as uploaded: unknown and repeated names included
 * @param id what the model must be called
 * @throws ServiceError that lists every invalid part
 */
export async function readSubmission(
  parts: Iterable<readonly [string, Blob]>,
  id: string,
): Promise<Submission> {
  const files = await readParts(parts);
  const digests = new Map<UploadPart, string>();
  for (const [name, bytes] of files) digests.set(name, await sha256Of(bytes));
  const card = readCard(files, id);
  const faults = [
    ...validateFiles(card, files, digests),
    ...validateGraphs(card, files),
    ...validateProbes(card, files.get('probes.json')),
  ];
  if (faults.length > 0) throw invalidModel(faults);
  return { card, files, digests };
}

/** A catalogue of the submission alone, to run the model before it is published. */
export const catalogueOf = ({ card, files }: Submission): Catalogue => ({
  list: () => Promise.resolve([card]),
  card: () => Promise.resolve(card),
  read: (_, name) => {
    const bytes = isPart(name) ? files.get(name) : undefined;
    return Promise.resolve(bytes && new Blob([bytes]));
  },
});

const isPart = (name: string): name is UploadPart => Object.hasOwn(UPLOAD_PARTS, name);

async function readParts(
  parts: Iterable<readonly [string, Blob]>,
): Promise<Map<UploadPart, Uint8Array<ArrayBuffer>>> {
  const files = new Map<UploadPart, Uint8Array<ArrayBuffer>>();
  const names = new Set<string>();
  const faults: InvalidPart[] = [];
  for (const [name, blob] of parts) {
    if (!isPart(name)) {
      const known = Object.keys(UPLOAD_PARTS).join(', ');
      faults.push({ at: name, detail: `is not a part of an upload; the parts are ${known}` });
    } else if (names.has(name)) {
      faults.push({ at: name, detail: 'appears twice' });
    } else {
      const { bytes: most } = UPLOAD_PARTS[name];
      if (blob.size > most) faults.push({ at: name, detail: `must have at most ${most} bytes` });
      else files.set(name, new Uint8Array(await blob.arrayBuffer()));
    }
    names.add(name);
  }
  for (const [name, { required }] of Object.entries(UPLOAD_PARTS)) {
    if (required && !names.has(name)) faults.push({ at: name, detail: 'is missing' });
  }
  if (faults.length > 0) throw invalidModel(faults);
  return files;
}

function readCard(files: ReadonlyMap<UploadPart, Uint8Array>, id: string): ModelCard {
  const at = 'card.json';
  const card = modelCardSchema.safeParse(parseJson(files.get(at)));
  if (!card.success) throw invalidModel(schemaFaults(at, card.error));
  if (card.data.id === id) return card.data;
  throw invalidModel([
    { at: `${at}.id`, detail: `is "${card.data.id}", but the address says "${id}"` },
  ]);
}

function validateFiles(
  { files: described }: ModelCard,
  files: ReadonlyMap<UploadPart, Uint8Array>,
  digests: ReadonlyMap<UploadPart, string>,
): InvalidPart[] {
  const entries = { 'model.onnx': described.model, 'encoder.onnx': described.encoder };
  const names = ['model.onnx', 'encoder.onnx'] as const;
  return names.flatMap((at): InvalidPart[] => {
    const entry = entries[at];
    const bytes = files.get(at);
    if (!entry) return bytes ? [{ at, detail: 'is not in the card' }] : [];
    if (!bytes) return [{ at, detail: 'is missing, but the card describes it' }];
    if (bytes.length !== entry.bytes) {
      return [{ at, detail: `has ${bytes.length} bytes, but the card says ${entry.bytes}` }];
    }
    if (digests.get(at) === entry.sha256) return [];
    return [{ at, detail: 'has another sha256 than the card says' }];
  });
}

function validateGraphs(
  card: ModelCard,
  files: ReadonlyMap<UploadPart, Uint8Array>,
): InvalidPart[] {
  const checks: [UploadPart, (bytes: Uint8Array) => string[]][] = [
    ['model.onnx', (bytes) => checkModelGraph(card, bytes)],
    ['encoder.onnx', checkEncoderGraph],
  ];
  return checks.flatMap(([at, check]) => {
    const bytes = files.get(at);
    return bytes ? check(bytes).map((detail) => ({ at, detail })) : [];
  });
}

function validateProbes(card: ModelCard, bytes: Uint8Array | undefined): InvalidPart[] {
  if (!bytes) return [];
  const at = 'probes.json';
  const probes = probesSchema.safeParse(parseJson(bytes));
  if (!probes.success) return schemaFaults(at, probes.error);
  if (probes.data.digest === card.files.model.sha256) return [];
  return [{ at: `${at}.digest`, detail: 'is the digest of another model file' }];
}

/** @returns undefined for bytes that are not JSON: the schema then reports them */
function parseJson(bytes: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

const schemaFaults = (at: string, { issues }: z.ZodError): InvalidPart[] =>
  issues.map(({ path, message }) => ({ at: [at, ...path.map(String)].join('.'), detail: message }));

/** The error of an upload that cannot be served. */
export function invalidModel(faults: readonly InvalidPart[], cause?: unknown): ServiceError {
  const [first = 'the upload is invalid', ...others] = faults.map(
    ({ at, detail }) => `${at}: ${detail}`,
  );
  const more = others.length > 0 ? `, and ${others.length} more` : '';
  return new ServiceError('invalid-model', `${first}${more}`, { errors: faults, cause });
}
