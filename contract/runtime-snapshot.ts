import { z } from 'zod';
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
  /** Of the image: the pages that hold anything, one after the other. */
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

/** A file whose session is to be in a snapshot. */
export const snapshotFileSchema = z.strictObject({
  sha256: sha256Schema,
  kind: z.enum(['model', 'encoder']),
  /** F, the width of patch features; 0 for a model that only reads text. */
  featureWidth: z.number().int(),
});
export type SnapshotFile = z.infer<typeof snapshotFileSchema>;
