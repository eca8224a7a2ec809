import type { z } from 'zod';
import { featureWidthOf, modelCardSchema, type ModelCard } from '../../contract/card.ts';
import { sha256Of } from '../../contract/digest.ts';
import { probesSchema } from '../../contract/probes.ts';
import { UPLOAD_PARTS, type UploadPart } from '../../contract/registry.ts';
import {
  validateEncoderGraph,
  validateModelGraph,
  validateProbeGraph,
} from '../../inference/onnx-check.ts';
import type { Catalogue } from '../catalogue.ts';
import { Problem, type InvalidPart } from '../problem.ts';

/** A model that somebody wants to publish: a card, and the very files that it describes. */
export interface Submission {
  readonly card: ModelCard;
  readonly files: ReadonlyMap<UploadPart, Uint8Array<ArrayBuffer>>;
  /** By name. */
  readonly digests: ReadonlyMap<UploadPart, string>;
}

/**
 * Reads an upload and checks all that can be checked without running it.
 *
 * @param id what the model must be called
 * @throws Problem that tells every part that is wrong
 */
export async function readSubmission(form: FormData, id: string): Promise<Submission> {
  const files = await filesOf(form);
  const digests = new Map<UploadPart, string>();
  for (const [name, bytes] of files) digests.set(name, await sha256Of(bytes));
  const card = cardOf(files, id);
  const faults = [
    ...faultsOfFiles(card, files, digests),
    ...faultsOfGraphs(card, files),
    ...faultsOfProbes(card, files.get('probes.json')),
  ];
  if (faults.length > 0) throw invalidModel(faults);
  return { card, files, digests };
}

/** The models of a submission alone, so that it can be tried before anybody else gets to see it. */
export const catalogueOf = ({ card, files }: Submission): Catalogue => ({
  list: () => Promise.resolve([card]),
  card: () => Promise.resolve(card),
  read: (_, name) => {
    const bytes = isPart(name) ? files.get(name) : undefined;
    return Promise.resolve(bytes && new Blob([bytes]).stream());
  },
});

const isPart = (name: string): name is UploadPart => Object.hasOwn(UPLOAD_PARTS, name);

async function filesOf(form: FormData): Promise<Map<UploadPart, Uint8Array<ArrayBuffer>>> {
  const files = new Map<UploadPart, Uint8Array<ArrayBuffer>>();
  const faults: InvalidPart[] = [];
  for (const [name, value] of form.entries()) {
    if (!isPart(name)) {
      const known = Object.keys(UPLOAD_PARTS).join(', ');
      faults.push({ at: name, detail: `is no part of an upload; those are ${known}` });
    } else if (files.has(name)) {
      faults.push({ at: name, detail: 'comes twice' });
    } else {
      const blob = typeof value === 'string' ? new Blob([value]) : value;
      const { bytes: most } = UPLOAD_PARTS[name];
      if (blob.size > most) faults.push({ at: name, detail: `may have up to ${most} bytes` });
      else files.set(name, new Uint8Array(await blob.arrayBuffer()));
    }
  }
  for (const [name, { required }] of Object.entries(UPLOAD_PARTS)) {
    if (required && !form.has(name)) faults.push({ at: name, detail: 'is missing' });
  }
  if (faults.length > 0) throw invalidModel(faults);
  return files;
}

function cardOf(files: ReadonlyMap<UploadPart, Uint8Array>, id: string): ModelCard {
  const at = 'card.json';
  const card = modelCardSchema.safeParse(jsonOf(files.get(at)));
  if (!card.success) throw invalidModel(faultsOfSchema(at, card.error));
  if (card.data.id === id) return card.data;
  throw invalidModel([
    { at: `${at}.id`, detail: `is "${card.data.id}", where the address says "${id}"` },
  ]);
}

function faultsOfFiles(
  { files: described }: ModelCard,
  files: ReadonlyMap<UploadPart, Uint8Array>,
  digests: ReadonlyMap<UploadPart, string>,
): InvalidPart[] {
  const names = ['model.onnx', 'probe.onnx', 'encoder.onnx'] as const;
  const entries = { 'model.onnx': described.model, 'probe.onnx': described.probe };
  const faults = names.flatMap((at): InvalidPart[] => {
    const entry = at === 'encoder.onnx' ? described.encoder : entries[at];
    const bytes = files.get(at);
    if (!entry) return bytes ? [{ at, detail: 'is not in the card' }] : [];
    if (!bytes) return [{ at, detail: 'is missing, and the card describes it' }];
    if (bytes.length !== entry.bytes) {
      return [{ at, detail: `has ${bytes.length} bytes where the card says ${entry.bytes}` }];
    }
    if (digests.get(at) === entry.sha256) return [];
    return [{ at, detail: 'is not the file that the card describes: its sha256 is another' }];
  });
  const { bytes, weightsOffset } = described.model;
  if (weightsOffset >= 0 && weightsOffset < bytes) return faults;
  const detail = 'must be within model.onnx';
  return [...faults, { at: 'card.json.files.model.weightsOffset', detail }];
}

function faultsOfGraphs(
  card: ModelCard,
  files: ReadonlyMap<UploadPart, Uint8Array>,
): InvalidPart[] {
  const looks: [UploadPart, (bytes: Uint8Array) => string[]][] = [
    ['model.onnx', (bytes) => validateModelGraph(bytes, featureWidthOf(card))],
    ['probe.onnx', validateProbeGraph],
    ['encoder.onnx', validateEncoderGraph],
  ];
  return looks.flatMap(([at, look]) => {
    const bytes = files.get(at);
    return bytes ? look(bytes).map((detail) => ({ at, detail })) : [];
  });
}

function faultsOfProbes(card: ModelCard, bytes: Uint8Array | undefined): InvalidPart[] {
  if (!bytes) return [];
  const at = 'probes.json';
  const probes = probesSchema.safeParse(jsonOf(bytes));
  if (!probes.success) return faultsOfSchema(at, probes.error);
  if (probes.data.digest === card.files.model.sha256) return [];
  return [{ at: `${at}.digest`, detail: 'is that of another model file' }];
}

function jsonOf(bytes: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

const faultsOfSchema = (at: string, { issues }: z.ZodError): InvalidPart[] =>
  issues.map(({ path, message }) => ({ at: [at, ...path.map(String)].join('.'), detail: message }));

/** The problem of an upload that cannot be served. */
export function invalidModel(faults: readonly InvalidPart[], cause?: unknown): Problem {
  const [{ at, detail }] = faults;
  const more = faults.length > 1 ? `, and ${faults.length - 1} more` : '';
  return new Problem('invalid-model', `${at}: ${detail}${more}`, { errors: faults, cause });
}
