import { z } from 'zod';
import { sha256Of } from '../../contract/digest.ts';
import {
  decodeSnapshot,
  encodeSnapshot,
  runtimeFunctionsSchema,
  snapshotFileSchema,
  type SnapshotFile,
} from '../../contract/runtime-snapshot.ts';
import { answerScenes, packScene } from '../../inference/answer-queries.ts';
import { fusedSession, openFused, type FusedSession } from '../../inference/fused-session.ts';
import type { Runtime } from '../../inference/runtime.ts';
import { encoderOf, openEncoder, type EncoderSession } from '../../inference/session.ts';
import type { Batch } from '../../task/batch.ts';
import { listQueryIndices } from '../../task/query-indices.ts';
import { parseSpec } from '../../task/spec.ts';
import { RUNTIME_VERSION, startOnnxRuntime } from '../onnx-runtime.ts';
import { Recording } from './record.ts';
import { startFromSnapshot } from './restore.ts';

/**
 * A worker for the build alone (`build/snapshot/`). One isolate of it opens sessions and takes the snapshot,
 * another one starts from that, and both answer the same questions.
 *
 * POST /record, a form of `functions`, `files`, and the bytes of each file under its sha256: returns a form of
 * `snapshot` and `logits`.
 * POST /restore, a form of `files` and `snapshot`: returns the logits.
 */
export default {
  async fetch(request) {
    const form = await request.formData();
    const files = json(form, 'files', z.array(snapshotFileSchema));
    return new URL(request.url).pathname === '/record'
      ? new Response(await record(form, files))
      : new Response(await restore(form, files));
  },
} satisfies ExportedHandler;

/** A file and its open session. */
type Opened =
  | (SnapshotFile & { readonly model: FusedSession })
  | (SnapshotFile & { readonly encoder: EncoderSession });

async function record(form: FormData, files: readonly SnapshotFile[]): Promise<FormData> {
  const functions = json(form, 'functions', runtimeFunctionsSchema);
  const recording = new Recording(functions);
  const runtime = await startOnnxRuntime((binary) => recording.watch(binary));
  const opened: Opened[] = [];
  const sessions: Record<string, number> = {};
  for (const file of files) {
    opened.push(await open(runtime, file, await bytesOf(form, file.sha256)));
    sessions[file.sha256] = recording.session;
  }
  const { image, ...recorded } = recording.finish();
  const sha256 = await sha256Of(image);
  const manifest = { ...recorded, runtime: RUNTIME_VERSION, sha256, sessions };
  const answer = new FormData();
  answer.set('snapshot', new Blob([encodeSnapshot({ manifest, image })]));
  answer.set('logits', new Blob([await logitsOf(opened)]));
  return answer;
}

async function open(
  runtime: Runtime,
  file: SnapshotFile,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Opened> {
  const { kind, featureWidth, sha256 } = file;
  if (kind === 'encoder') {
    return { ...file, encoder: await openEncoder(runtime, bytes, featureWidth) };
  }
  const model = await openFused(runtime, bytes, featureWidth);
  if (!model) throw new Error(`the model ${sha256} cannot be rewritten`);
  return { ...file, model };
}

async function restore(form: FormData, files: readonly SnapshotFile[]) {
  const { buffer } = await bytesOf(form, 'snapshot');
  const runtime = await startFromSnapshot(await decodeSnapshot(buffer), (reason) => {
    throw new Error(reason);
  });
  const opened: Opened[] = [];
  for (const file of files) {
    const session = await runtime.restore?.(file.sha256);
    if (!session) throw new Error(`the snapshot has no session of ${file.sha256}`);
    const { featureWidth } = file;
    opened.push(
      file.kind === 'encoder'
        ? { ...file, encoder: encoderOf(runtime, session, featureWidth) }
        : { ...file, model: fusedSession(runtime, session, featureWidth) },
    );
  }
  return logitsOf(opened);
}

/** Logits of all models, one after the other: questions about a scene as text, and as a picture where it reads them. */
async function logitsOf(opened: readonly Opened[]): Promise<Float32Array<ArrayBuffer>> {
  const encoder = opened.flatMap((file) => ('encoder' in file ? [file.encoder] : [])).at(0);
  const values: number[] = [];
  for (const file of opened) {
    if (!('model' in file)) continue;
    const { model, featureWidth } = file;
    const runner = {
      featureWidth,
      logits: (batch: Batch) => model.logits(batch),
      encode: async (...picture: Parameters<EncoderSession['encode']>) => {
        if (!encoder) throw new TypeError('a model that reads pictures needs its encoder');
        return encoder.encode(...picture);
      },
    };
    for (const modality of featureWidth > 0 ? (['text', 'image'] as const) : ['text' as const]) {
      const spec = parseSpec({ objects: OBJECTS, modality });
      const scene = packScene(spec, 0, listQueryIndices(OBJECTS, OBJECTS));
      for (const { logits } of await answerScenes(runner, [scene])) values.push(...logits);
    }
  }
  return Float32Array.from(values);
}

/** Objects of the scene. */
const OBJECTS = 8;

const json = <T extends z.ZodType>(form: FormData, name: string, schema: T): z.output<T> => {
  const text = form.get(name);
  return schema.parse(typeof text === 'string' ? JSON.parse(text) : undefined);
};

async function bytesOf(form: FormData, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const blob = form.get(name);
  if (!(blob instanceof Blob)) throw new TypeError(`the form has no file ${name}`);
  return new Uint8Array(await blob.arrayBuffer());
}
