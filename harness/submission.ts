import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Pbf from 'pbf';
import { trainedCardSchema } from '../contract/card.ts';
import { UPLOAD_PARTS } from '../contract/registry.ts';
import { readOnnx, writeOnnx } from '../onnx/codec.ts';
import { FIXTURES_DIRECTORY } from '../build/paths.ts';
import { WRITE_TOKEN, type RunningWorker } from './worker.ts';

/** Files of a model by name, as they would be published. */
export type Upload = Map<string, Uint8Array<ArrayBuffer>>;

/** A model as it is, of the fixtures if nothing else is said. */
export function uploadOf(id: string, directory = FIXTURES_DIRECTORY): Upload {
  const names = Object.keys(UPLOAD_PARTS).filter((name) => existsSync(join(directory, id, name)));
  return new Map(
    names.map((name) => [name, new Uint8Array(readFileSync(join(directory, id, name)))]),
  );
}

/** A fixture of which the last weight is another: another model, in the same shape. */
export function variantOf(id: string, variant: number): Upload {
  return changed(uploadOf(id), 'model.onnx', (bytes) => {
    const model = readOnnx(bytes);
    const initializers = model.graph.initializers.map((tensor, index, { length }) => {
      if (!tensor.rawData || index < length - 1) return tensor;
      const rawData = tensor.rawData.slice();
      rawData.set([variant, variant + 1], rawData.length - 4);
      return { ...tensor, rawData };
    });
    return writeOnnx({ ...model, graph: { ...model.graph, initializers } });
  });
}

/** Changes one file, and the card with it, so that they agree. */
export function changed(
  upload: Upload,
  name: 'model.onnx',
  change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
): Upload {
  const bytes = change(upload.get(name) ?? new Uint8Array());
  const card = trainedCardSchema.parse(
    JSON.parse(Buffer.from(part(upload, 'card.json')).toString()),
  );
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  Object.assign(card.files.model, { bytes: bytes.length, sha256 });
  const files = new Map(upload).set(name, bytes).set('card.json', encode(JSON.stringify(card)));
  // They are of another model.
  files.delete('probes.json');
  return files;
}

export const part = (upload: Upload, name: string): Uint8Array<ArrayBuffer> =>
  upload.get(name) ?? new Uint8Array();

export const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

export const digestOf = (upload: Upload): string =>
  createHash('sha256').update(part(upload, 'model.onnx')).digest('hex');

/** Bytes that, behind a model, add to its graph (field numbers: onnx.proto). */
export function graphWith(write: (graph: Pbf) => void): Uint8Array<ArrayBuffer> {
  const pbf = new Pbf();
  pbf.writeMessage(
    7,
    (_: null, graph: Pbf) => {
      write(graph);
    },
    null,
  );
  return new Uint8Array(pbf.finish());
}

export function joined(...parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}

export function formOf(upload: Upload): FormData {
  const form = new FormData();
  for (const [name, bytes] of upload) form.set(name, new Blob([bytes]), name);
  return form;
}

const AUTHORIZATION = { authorization: `Bearer ${WRITE_TOKEN}` };

/** Publishes with the token of the tests. */
export function publish(
  worker: RunningWorker,
  id: string,
  upload: Upload,
  query = '',
  headers: Record<string, string> = AUTHORIZATION,
): Promise<Response> {
  const body = formOf(upload);
  return worker.fetch(`/v1/registry/${id}/versions${query}`, { method: 'POST', headers, body });
}

/** Any other write. */
export const write = (worker: RunningWorker, method: string, path: string, body?: unknown) =>
  worker.fetch(`/v1/registry/${path}`, {
    method,
    headers: {
      ...AUTHORIZATION,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
