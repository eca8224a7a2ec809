import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { SHIPPED_DIRECTORY } from '../../build/paths.ts';
import { buildOrGoWithout, filesOf, SOURCES } from '../../build/snapshot/build-snapshot.ts';
import {
  bundleSnapshotWorker,
  recordSnapshot,
  restoreSnapshot,
  type SnapshotWorker,
} from '../../build/snapshot/snapshot-worker.ts';
import { compareResponseSchema } from '../../contract/comparisons.ts';
import {
  decodeSnapshot,
  encodeSnapshot,
  PAGE_BYTES,
  type Snapshot,
} from '../../contract/runtime-snapshot.ts';
import { sha256 } from '../../node/files.ts';
import { read, readProblem, startWorker, type RunningWorker } from '../../harness/worker.ts';

describe('a snapshot of ONNX Runtime', () => {
  const files = filesOf('image-text');
  let bundle: SnapshotWorker;
  let recorded: Awaited<ReturnType<typeof recordSnapshot>>;
  beforeAll(async () => {
    bundle = await bundleSnapshotWorker();
    recorded = await recordSnapshot(bundle, files);
  });

  it('answers as a runtime that was started as usual, bit for bit', async () => {
    expect(files.map(({ kind }) => kind)).toEqual(['model', 'encoder']);
    // Eight questions of text and eight of a picture, with logits of all 470 tokens.
    expect(recorded.logits.length).toBe(16 * 470 * Float32Array.BYTES_PER_ELEMENT);
    expect(await restoreSnapshot(bundle, recorded.snapshot, files)).toEqual(recorded.logits);
  });

  it('does not, where a page of its memory is another one', async () => {
    const { manifest, image } = await decodeSnapshot(recorded.snapshot.buffer);
    // In the middle of the sessions' weights.
    const page = Math.floor((image.length / PAGE_BYTES) * 0.7) * PAGE_BYTES;
    image.fill(0, page, page + PAGE_BYTES);
    const other = encodeSnapshot({ manifest: { ...manifest, sha256: sha256(image) }, image });
    const answer = await restoreSnapshot(bundle, other, files).catch(() => 'failed');
    expect(answer).not.toEqual(recorded.logits);
  });

  it('is not taken where the binary has other functions, or the model is not of the trainer', async () => {
    const functions = { ...bundle.functions, initialise: 'none' };
    await expect(recordSnapshot({ ...bundle, functions }, files)).rejects.toThrow(
      'none was not called',
    );
    const [, encoder] = files;
    const strange = encoder ? [{ ...encoder, kind: 'model' as const }] : [];
    await expect(recordSnapshot(bundle, strange)).rejects.toThrow('cannot be rewritten');
  });

  it('is taken again when anything in it changes', () => {
    const missing = bundle.inputs.filter(
      (path) => !['node_modules/', ...SOURCES].some((source) => path.startsWith(source)),
    );
    expect(bundle.inputs).toContain('inference/fused-session.ts');
    expect(missing).toEqual([]);
  });

  it('is left out of a build where it cannot be made, together with an earlier one', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'bindscope-snapshot-'));
    const file = join(directory, 'snapshot.bin');
    const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined);
    try {
      const built = await buildOrGoWithout(file, async (write) => {
        await Promise.resolve();
        write(Uint8Array.of(1, 2));
      });
      expect(built).toBe(file);
      expect([...readFileSync(file)]).toEqual([1, 2]);
      expect(warn).not.toHaveBeenCalled();
      const failed = new Error('variables 0 have changed');
      expect(await buildOrGoWithout(file, () => Promise.reject(failed))).toBeUndefined();
      expect(readdirSync(directory)).toEqual([]);
      expect(warn.mock.calls.join()).toContain(failed.message);
    } finally {
      warn.mockRestore();
      rmSync(directory, { recursive: true });
    }
  });
});

describe('the worker', () => {
  const PAIR = '/v1/compare?models=text-only,image-text&objects=4,8&queries=16';
  const PICTURES = '/v1/compare?models=image-text&objects=5&queries=8&modality=image';
  /** More than the memory limit of sessions, so that those of the snapshot are released. */
  const LARGE = ['text-only-paper', 'image-text-paper', 'noise-text-paper'].map(
    (id) => `/v1/compare?models=${id}&objects=4&queries=1`,
  );
  const FILE = '_runtime/snapshot.bin';

  const withAssets = async <T>(
    change: (directory: string) => void,
    work: (worker: RunningWorker) => Promise<T>,
  ): Promise<T> => {
    const directory = mkdtempSync(join(tmpdir(), 'bindscope-assets-'));
    cpSync(SHIPPED_DIRECTORY, directory, { recursive: true });
    change(directory);
    const worker = await startWorker(directory);
    try {
      return await work(worker);
    } finally {
      await worker.stop();
      rmSync(directory, { recursive: true });
    }
  };
  const answers = async (worker: RunningWorker, path: string) =>
    read(await worker.fetch(path), compareResponseSchema);
  const misfits = ({ logs }: RunningWorker) =>
    logs.filter(({ message }) => message === 'snapshot not used');
  const without = (file: string) => (directory: string) => {
    rmSync(join(directory, file));
  };
  let usual: unknown[];
  beforeAll(async () => {
    usual = await withAssets(without(FILE), async (worker) => {
      const found = [await answers(worker, PAIR), await answers(worker, PICTURES)];
      // Assets without a snapshot, as in tests, are no fault.
      expect(misfits(worker)).toEqual([]);
      return found;
    });
  });

  it("starts from it, and then needs no file of the front page's models", async () => {
    const missing = (directory: string) => {
      for (const file of [
        'text-only/model.onnx',
        'image-text/model.onnx',
        'image-text/encoder.onnx',
      ]) {
        rmSync(join(directory, file));
      }
    };
    await withAssets(missing, async (worker) => {
      expect([await answers(worker, PAIR), await answers(worker, PICTURES)]).toEqual(usual);
      expect(misfits(worker)).toEqual([]);
      expect((await worker.fetch(`/${FILE}`)).status).toBe(404);
    });
  });

  it('opens the models again when their sessions were released', async () => {
    await withAssets(
      () => undefined,
      async (worker) => {
        await answers(worker, PICTURES);
        for (const path of LARGE) await answers(worker, path);
        expect([await answers(worker, PAIR), await answers(worker, PICTURES)]).toEqual(usual);
      },
    );
  });

  it.each([
    [
      'a byte of it',
      'sha256',
      ({ manifest, image }: Snapshot) => {
        image[1000] = (image[1000] ?? 0) ^ 1;
        return { manifest, image };
      },
    ],
    [
      'the version of ONNX Runtime',
      'Runtime 1.0.0',
      ({ manifest, image }: Snapshot) => ({
        manifest: { ...manifest, runtime: '1.0.0' },
        image,
      }),
    ],
    [
      'the stack',
      'stack pointer',
      ({ manifest, image }: Snapshot) => ({
        manifest: { ...manifest, stackPointer: 16 },
        image,
      }),
    ],
  ])('starts as usual where %s is another one, and says so', async (_, reason, change) => {
    const path = join(SHIPPED_DIRECTORY, FILE);
    const snapshot = await decodeSnapshot(new Uint8Array(readFileSync(path)).buffer);
    const changed = encodeSnapshot(change(snapshot));
    const damage = (directory: string) => {
      writeFileSync(join(directory, FILE), changed);
    };
    await withAssets(damage, async (worker) => {
      expect([await answers(worker, PAIR), await answers(worker, PICTURES)]).toEqual(usual);
      expect(misfits(worker).map(({ level }) => level)).toEqual(['error']);
      expect(misfits(worker).at(0)?.['detail']).toContain(reason);
    });
    // Then it needs the models' files.
    const damageBoth = (directory: string) => {
      damage(directory);
      rmSync(join(directory, 'text-only/model.onnx'));
    };
    await withAssets(damageBoth, async (worker) => {
      expect((await readProblem(await worker.fetch(PAIR))).status).toBe(503);
    });
  });
});
