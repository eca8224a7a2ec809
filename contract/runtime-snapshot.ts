import { z } from 'zod';
import { sha256Of } from './digest.ts';
import { sha256Schema } from './recipe.ts';

/** A page of WebAssembly's memory, in bytes. */
export const PAGE_BYTES = 2 ** 16;

/** Short names of functions in ONNX Runtime's binary; each build of it has others. */
export const runtimeFunctionsSchema = z.strictObject({
  /** `OrtInit`: makes the environment in which sessions are opened. */
  initialise: z.string(),
  /** `OrtCreateSession(address of the model, its bytes, options)`: returns the address of the session. */
  createSession: z.string(),
  /** Returns the stack pointer. */
  stackPointer: z.string(),
});
export type RuntimeFunctions = z.infer<typeof runtimeFunctionsSchema>;

/** What the build writes about a snapshot of ONNX Runtime's memory, and the worker reads (decision 14). */
export const snapshotManifestSchema = z.strictObject({
  /** Version of the package `onnxruntime-web`. */
  runtime: z.string(),
  /** Of the image. */
  sha256: sha256Schema,
  functions: runtimeFunctionsSchema,
  /** Pages of memory when the binary has started, before `initialise`. */
  startPages: z.number().int(),
  /** Pages of memory in the snapshot. */
  pages: z.number().int(),
  /** Numbers of the pages in the image, ascending. The others are zero, in the snapshot and after the start. */
  imagePages: z.array(z.number().int()),
  /** The same after the start and in the snapshot. */
  stackPointer: z.number().int(),
  /** Addresses of open sessions by the sha256 of their file. */
  sessions: z.record(sha256Schema, z.number().int()),
});
export type SnapshotManifest = z.infer<typeof snapshotManifestSchema>;

export interface Snapshot {
  readonly manifest: SnapshotManifest;
  /** The pages of memory that hold anything (`imagePages`), one after the other. */
  readonly image: Uint8Array<ArrayBuffer>;
}

/** A file: the length of the manifest as an unsigned 32-bit number, the manifest as JSON, and the image. */
export function encodeSnapshot({ manifest, image }: Snapshot): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(manifest));
  const file = new Uint8Array(LENGTH_BYTES + text.length + image.length);
  new DataView(file.buffer).setUint32(0, text.length, true);
  file.set(text, LENGTH_BYTES);
  file.set(image, LENGTH_BYTES + text.length);
  return file;
}

/** @throws Error where the file was not written by `encodeSnapshot`, or is another one now */
export async function decodeSnapshot(file: ArrayBuffer): Promise<Snapshot> {
  const start = LENGTH_BYTES + new DataView(file).getUint32(0, true);
  const text = new TextDecoder().decode(file.slice(LENGTH_BYTES, start));
  const manifest = snapshotManifestSchema.parse(JSON.parse(text));
  const image = new Uint8Array(file, start);
  if ((await sha256Of(image)) !== manifest.sha256) throw new TypeError('its sha256 is another one');
  return { manifest, image };
}

const LENGTH_BYTES = 4;

/** A file whose session is to be in a snapshot. */
export const snapshotFileSchema = z.strictObject({
  sha256: sha256Schema,
  kind: z.enum(['model', 'encoder']),
  /** F, the width of patch features; 0 for a model that only reads text. */
  featureWidth: z.number().int(),
});
export type SnapshotFile = z.infer<typeof snapshotFileSchema>;
