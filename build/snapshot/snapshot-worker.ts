import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import type { RuntimeFunctions, SnapshotFile } from '../../contract/runtime-snapshot.ts';
import { ROOT } from '../paths.ts';
import { readWranglerConfig } from '../wrangler-config.ts';
import { exportGlobals } from './export-globals.ts';
import { functionNames } from './function-names.ts';

/** Takes a snapshot of ONNX Runtime's memory in one workerd, and starts from it in another one. */

const WORKER = 'worker/snapshot/build-worker.ts';
const BINARY = 'onnxruntime-web/ort-wasm-simd-threaded.wasm';

/** `worker/snapshot/build-worker.ts`, ready to run. */
export interface SnapshotWorker {
  readonly script: string;
  /** ONNX Runtime's binary. */
  readonly binary: Uint8Array;
  readonly functions: RuntimeFunctions;
  /** Files that the script is made of, within the repository. */
  readonly inputs: readonly string[];
}

/** A file whose session is to be in the snapshot, and its bytes. */
export type FileToOpen = SnapshotFile & { readonly bytes: Uint8Array<ArrayBuffer> };

/** @throws Error where ONNX Runtime's script has other names than expected */
export async function bundleSnapshotWorker(): Promise<SnapshotWorker> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [WORKER],
    bundle: true,
    format: 'esm',
    write: false,
    metafile: true,
    logLevel: 'warning',
    // The binary is a module of its own, which workerd compiles.
    alias: { [BINARY]: './runtime.wasm' },
    external: ['./runtime.wasm'],
  });
  const inputs = Object.keys(metafile.inputs);
  const scripts = inputs.filter((path) => path.includes('onnxruntime-web/'));
  const text = scripts.map((path) => readFileSync(join(ROOT, path), 'utf8')).join('\n');
  return {
    script: outputFiles.map((file) => file.text).join(),
    binary: readFileSync(createRequire(import.meta.url).resolve(BINARY)),
    functions: functionNames(text),
    inputs,
  };
}

/**
 * Starts ONNX Runtime as usual and opens the files.
 *
 * @returns the snapshot (`encodeSnapshot`), and the logits of some questions
 * @throws Error where something outside of memory has changed, or a file cannot be opened
 */
export async function recordSnapshot(
  { script, binary, functions }: SnapshotWorker,
  files: readonly FileToOpen[],
) {
  const form = new FormData();
  form.set('functions', JSON.stringify(functions));
  form.set('files', describe(files));
  for (const file of files) form.set(file.sha256, new Blob([file.bytes]));
  return inWorkerd(script, exportGlobals(binary), '/record', form, async (response) => {
    const recorded = await response.formData();
    return {
      snapshot: await bytesOf(recorded, 'snapshot'),
      logits: await bytesOf(recorded, 'logits'),
    };
  });
}

/**
 * Starts ONNX Runtime from the snapshot.
 *
 * @param files those of the snapshot
 * @returns the logits of the same questions
 * @throws Error where it does not fit, or cannot answer
 */
export function restoreSnapshot(
  { script, binary }: SnapshotWorker,
  snapshot: Uint8Array<ArrayBuffer>,
  files: readonly SnapshotFile[],
): Promise<Uint8Array> {
  const form = new FormData();
  form.set('snapshot', new Blob([snapshot]));
  form.set('files', describe(files));
  return inWorkerd(script, binary, '/restore', form, async (response) => {
    return new Uint8Array(await response.arrayBuffer());
  });
}

const describe = (files: readonly SnapshotFile[]): string =>
  JSON.stringify(files.map(({ sha256, kind, featureWidth }) => ({ sha256, kind, featureWidth })));

/** Posts a form to a new workerd. @throws Error with the reason where it answers that it failed */
async function inWorkerd<T>(
  script: string,
  binary: Uint8Array,
  path: string,
  body: FormData,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const miniflare = new Miniflare({
    modules: [
      { type: 'ESModule', path: 'index.js', contents: script },
      { type: 'CompiledWasm', path: 'runtime.wasm', contents: binary },
    ],
    compatibilityDate: readWranglerConfig().compatibility_date,
    cf: false,
  });
  try {
    const response = await fetch(new URL(path, await miniflare.ready), { method: 'POST', body });
    if (!response.ok) throw new Error(await response.text());
    return await read(response);
  } finally {
    await miniflare.dispose();
  }
}

async function bytesOf(form: FormData, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const blob = form.get(name);
  if (!(blob instanceof Blob)) throw new TypeError(`the answer has no file ${name}`);
  return new Uint8Array(await blob.arrayBuffer());
}

/**
 * Takes a snapshot, and compares its logits.
 *
 * @throws Error where ONNX Runtime is not as expected, or its logits differ after a start from the snapshot
 */
export async function takeSnapshot(files: readonly FileToOpen[]): Promise<Uint8Array<ArrayBuffer>> {
  const worker = await bundleSnapshotWorker();
  const { snapshot, logits } = await recordSnapshot(worker, files);
  const restored = await restoreSnapshot(worker, snapshot, files);
  if (logits.length === 0 || Buffer.compare(logits, restored) !== 0) {
    throw new Error('a start from the snapshot gives other logits than one as usual');
  }
  return snapshot;
}
