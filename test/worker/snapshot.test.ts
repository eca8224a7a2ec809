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
  type Snapshot,
  type SnapshotWorker,
} from '../../build/snapshot/snapshot-worker.ts';
import { compareResponseSchema } from '../../contract/comparisons.ts';
import { PAGE_BYTES } from '../../contract/runtime-snapshot.ts';
import { read, readProblem, startWorker, type RunningWorker } from '../../harness/worker.ts';

describe('a snapshot of ONNX Runtime', () => {
  const files = filesOf('image-text');
  let bundle: SnapshotWorker;
  let recorded: Snapshot & { readonly logits: Uint8Array };
  beforeAll(async () => {
    bundle = await bundleSnapshotWorker();
    recorded = await recordSnapshot(bundle, files);
  });

  it('answers as a runtime that was started as usual, bit for bit', async () => {
    expect(files.map(({ kind }) => kind)).toEqual(['model', 'encoder']);
    // Eight questions of text and eight of a picture, with logits of all 470 tokens.
    expect(recorded.logits.length).toBe(16 * 470 * Float32Array.BYTES_PER_ELEMENT);
    expect(await restoreSnapshot(bundle, recorded, files)).toEqual(recorded.logits);
  });

  it('does not, where a page of its memory is another one', async () => {
    const image = recorded.image.slice();
    // In the middle of the sessions' weights.
    const page = Math.floor((image.length / PAGE_BYTES) * 0.7) * PAGE_BYTES;
    image.fill(0, page, page + PAGE_BYTES);
    const answer = await restoreSnapshot(bundle, { ...recorded, image }, files).catch(
      () => 'failed',
    );
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
    const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined);
    const manifest = () => readFileSync(join(directory, 'manifest.txt'), 'utf8');
    try {
      await buildOrGoWithout(directory, async (write) => {
        write(recorded);
        await Promise.resolve();
      });
      expect(readdirSync(directory).sort()).toEqual(['image.bin', 'manifest.txt']);
      expect(JSON.parse(manifest())).toEqual(recorded.manifest);
      expect(warn).not.toHaveBeenCalled();
      await buildOrGoWithout(directory, () =>
        Promise.reject(new Error('variables 0 have changed')),
      );
      expect(readdirSync(directory)).toEqual(['manifest.txt']);
      expect(manifest()).toBe('null');
      expect(warn.mock.calls.join()).toContain('variables 0 have changed');
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
  const IMAGE = '_runtime/image.bin';

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
    usual = await withAssets(without(IMAGE), async (worker) => {
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

  it('starts as usual where the image is another one, and says so', async () => {
    const damage = (directory: string) => {
      const image = readFileSync(join(directory, IMAGE));
      image[1000] = (image[1000] ?? 0) ^ 1;
      writeFileSync(join(directory, IMAGE), image);
    };
    await withAssets(damage, async (worker) => {
      expect([await answers(worker, PAIR), await answers(worker, PICTURES)]).toEqual(usual);
      expect(misfits(worker).map(({ level }) => level)).toEqual(['error']);
      expect(misfits(worker).at(0)?.['detail']).toContain(IMAGE);
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
