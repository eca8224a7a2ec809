import {
  PAGE_BYTES,
  type Snapshot,
  type SnapshotManifest,
} from '../../contract/runtime-snapshot.ts';
import { functionOf, type StartedBinary, type WasmFunction } from './binary.ts';

/** `createSession` is given the sha256 of a file, in hexadecimal, in place of a model. No model is so short. */
const DIGEST_LENGTH = 64;

/** What `initialise` returns. */
const SUCCESS = 0;

/**
 * The functions of the binary, where `initialise` writes the snapshot into memory instead, and `createSession`
 * finds the sessions in it.
 *
 * @param sessions addresses by sha256: filled by `initialise`, and taken by `createSession`
 */
export function restoringFunctions(
  { exports, memory }: StartedBinary,
  snapshot: Snapshot,
  sessions: Map<string, number>,
  onMisfit: (reason: string) => void,
): WebAssembly.Exports {
  const { manifest } = snapshot;
  const { functions } = manifest;
  // ONNX Runtime keeps these functions, and is not to keep the image with them.
  let image: Snapshot['image'] | undefined = snapshot.image;
  const initialise = functionOf(exports, functions.initialise);
  const createSession = functionOf(exports, functions.createSession);
  const stackPointer = functionOf(exports, functions.stackPointer);
  if (!initialise || !createSession || !stackPointer) {
    onMisfit('the binary has other functions');
    return exports;
  }
  const restoring: Record<string, WasmFunction> = {
    [functions.initialise]: (...settings) => {
      const misfit = misfitOf(manifest, memory, stackPointer());
      if (misfit === undefined && image) writeImage(manifest, memory, image);
      image = undefined;
      if (misfit !== undefined) {
        onMisfit(misfit);
        return initialise(...settings);
      }
      for (const [sha256, session] of Object.entries(manifest.sessions)) {
        sessions.set(sha256, session);
      }
      return SUCCESS;
    },
    [functions.createSession]: (address = 0, length = 0, ...options) => {
      const sha256 = length === DIGEST_LENGTH ? textAt(memory, address, length) : '';
      const session = sessions.get(sha256);
      if (session === undefined) return createSession(address, length, ...options);
      sessions.delete(sha256);
      return session;
    },
  };
  return { ...exports, ...restoring };
}

const textAt = (memory: WebAssembly.Memory, address: number, length: number): string =>
  String.fromCharCode(...new Uint8Array(memory.buffer, address, length));

/** @returns why the memory cannot be that of the binary from which the snapshot was taken */
function misfitOf(
  manifest: SnapshotManifest,
  memory: WebAssembly.Memory,
  stackPointer: number,
): string | undefined {
  const pages = memory.buffer.byteLength / PAGE_BYTES;
  if (pages !== manifest.startPages) {
    return `memory has ${pages} pages, and not ${manifest.startPages}`;
  }
  if (stackPointer !== manifest.stackPointer) {
    return `the stack pointer is ${stackPointer}, and not ${manifest.stackPointer}`;
  }
  return undefined;
}

function writeImage(
  { pages, startPages, imagePages }: SnapshotManifest,
  memory: WebAssembly.Memory,
  image: Uint8Array,
): void {
  memory.grow(pages - startPages);
  const bytes = new Uint8Array(memory.buffer);
  imagePages.forEach((page, place) => {
    bytes.set(image.subarray(place * PAGE_BYTES, (place + 1) * PAGE_BYTES), page * PAGE_BYTES);
  });
}
