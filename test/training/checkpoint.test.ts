import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { writeAtomically } from '../../node/files.ts';
import { CHECKPOINT_FILE, loadCheckpoint, writeState } from '../../trainer/checkpoint.ts';
import { startProgress } from '../../trainer/curriculum.ts';
import { freshState } from '../../trainer/engines/engine.ts';
import { ENGINES, type EngineName } from '../../trainer/engines/index.ts';
import { METRICS_FILE, readMetrics } from '../../trainer/metrics.ts';
import { train } from '../../trainer/train.ts';
import { TINY_RECIPE } from '../support/training.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bindscope-'));
});

const run = (
  folder: string,
  stopAfter?: number,
  recipe = TINY_RECIPE,
  options: { engine?: EngineName; from?: string } = {},
) => {
  const { engine = 'ort', ...others } = options;
  return train({
    recipe,
    seed: 3,
    directory: join(directory, folder),
    provenance: { command: 'test', commit: 'test', engine },
    engine: ENGINES[engine],
    engineOptions: {},
    ...(stopAfter !== undefined && { stopAfter }),
    ...others,
  });
};
const checkpointOf = (folder: string) => join(directory, folder, CHECKPOINT_FILE);

describe('a run', () => {
  it('that is stopped and continued ends bit for bit as one that was not', async () => {
    await run('unbroken');
    for (const step of [7, 30, 41]) await run('broken', step);
    await run('broken');
    const unbroken = loadCheckpoint(checkpointOf('unbroken'));
    const broken = loadCheckpoint(checkpointOf('broken'));
    expect(broken.progress).toEqual(unbroken.progress);
    expect(broken.state).toEqual(unbroken.state);
    const steps = readMetrics(join(directory, 'broken', METRICS_FILE)).map(({ step }) => step);
    // Every 20, and where a stage ends.
    expect(steps).toEqual([20, 30, 40, 60]);
  });

  it('draws no scene twice when it starts from another run', async () => {
    const first = await run('first');
    const second = await run('second', 1, TINY_RECIPE, { from: checkpointOf('first') });
    expect(second.scenes).toBe(first.scenes + TINY_RECIPE.scenesPerBatch);
  });

  it('that goes on with another engine records which, from which step, and in the lineage of its children', async () => {
    for (const [stopAfter, engine] of [
      [2, 'ort'],
      [3, 'ort'],
      [4, 'tfjs-cpu'],
      [5, 'ort'],
    ] as const) {
      await run('mixed', stopAfter, TINY_RECIPE, { engine });
    }
    const { provenance } = loadCheckpoint(checkpointOf('mixed'));
    expect(provenance).toMatchObject({ engine: 'ort', device: 'cpu' });
    expect(provenance.engineChanges).toMatchObject([
      { step: 3, engine: 'tfjs-cpu', device: 'cpu' },
      { step: 4, engine: 'ort', device: 'cpu', engineVersion: provenance.engineVersion },
    ]);
    await expect(run('child', 1, TINY_RECIPE, { from: checkpointOf('mixed') })).rejects.toThrow(
      `the run in ${join(directory, 'mixed')} is not finished; finish it with: test`,
    );
    await run('mixed');
    await run('child', 1, TINY_RECIPE, { from: checkpointOf('mixed') });
    expect(loadCheckpoint(checkpointOf('child'))).toMatchObject({
      lineage: [{ engines: ['ort', 'tfjs-cpu', 'ort'], steps: 60 }],
    });
  });

  it('that is finished leaves its checkpoint as it is, with another engine, too', async () => {
    await run('finished');
    const file = readFileSync(checkpointOf('finished'));
    const { mtimeMs } = statSync(checkpointOf('finished'));
    expect(await run('finished', undefined, TINY_RECIPE, { engine: 'tfjs-cpu' })).toMatchObject({
      step: 60,
    });
    expect(readFileSync(checkpointOf('finished')).equals(file)).toBe(true);
    expect(statSync(checkpointOf('finished')).mtimeMs).toBe(mtimeMs);
  });

  it('keeps a checkpoint for the end of every stage', async () => {
    await run('stages');
    expect(readdirSync(join(directory, 'stages'))).toEqual(
      expect.arrayContaining(['one.safetensors', 'two.safetensors']),
    );
    const { progress } = loadCheckpoint(join(directory, 'stages', 'one.safetensors'));
    expect(progress).toMatchObject({ step: 30, stage: 1, stepInStage: 0 });
  });

  it('continues where only the description of its recipe has changed', async () => {
    await run('described', 5);
    const described = { ...TINY_RECIPE, description: 'In other words.' };
    expect((await run('described', 6, described)).step).toBe(6);
  });

  it('refuses the checkpoint of another recipe', async () => {
    await run('mine', 5);
    const other = { ...TINY_RECIPE, scenesPerBatch: 5 };
    await expect(run('mine', 10, other)).rejects.toThrow(/belongs to another recipe or seed/);
  });
});

describe('a checkpoint', () => {
  it('that is cut short or changed is named as damaged', async () => {
    await run('run', 3);
    const path = checkpointOf('run');
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length - 10));
    expect(() => loadCheckpoint(path)).toThrow(/is damaged \(its checksum does not match\)/);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    writeFileSync(path, bytes);
    expect(() => loadCheckpoint(path)).toThrow(/is damaged \(its checksum does not match\)/);
    writeFileSync(path, 'short');
    expect(() => loadCheckpoint(path)).toThrow(/is damaged/);
    await expect(run('run', 6)).rejects.toThrow(/delete it to start from the beginning/);
  });

  it('survives a full disk', () => {
    const path = join(directory, 'file');
    writeAtomically(path, 'good');
    // Every write to /dev/full fails as on a full disk.
    symlinkSync('/dev/full', `${path}.partial`);
    expect(() => {
      writeAtomically(path, 'better');
    }).toThrow(/cannot write .* \(ENOSPC\); its old content is unchanged/);
    expect(readFileSync(path, 'utf8')).toBe('good');
    expect(readdirSync(directory)).toEqual(['file']);
  });

  it('can be written before fields of recipes were renamed', () => {
    const path = join(directory, 'old.safetensors');
    const [stage] = TINY_RECIPE.stages;
    const old = {
      ...TINY_RECIPE,
      contextMaskProbability: undefined,
      tokenEmbeddingsFrom: undefined,
      regime: 'swapped-image-only',
      from: 'text-only',
      budget: 'swapped-image-text',
      blindAssociations: 0.5,
      embeddings: 'stranger',
      encoder: { name: 'random', sha256: '0'.repeat(64), width: 4, looksAt: 'patches' },
      stages: [
        {
          ...stage,
          mix: [{ ...stage?.mix[0], maxPositionGaps: undefined, noise: 20, associationNoise: 3 }],
        },
      ],
    };
    const run = { seed: 1, commit: 'old', steps: 1, answers: 1, seconds: 1 };
    const lineage = [{ ...run, regime: 'swapped-image-only', gave: 'embeddings' }];
    writeState(path, freshState(Float32Array.of(1)), {
      recipe: JSON.stringify(old),
      progress: JSON.stringify(startProgress(TINY_RECIPE, 3)),
      provenance: JSON.stringify({ command: 'test', commit: 'test', engine: 'ort' }),
      lineage: JSON.stringify(lineage),
      seconds: '1',
    });
    const checkpoint = loadCheckpoint(path);
    expect(checkpoint.recipe).toMatchObject({
      regime: 'donor-embeddings-image-only',
      from: 'text-only',
      matchBudgetOf: 'donor-embeddings-image-text',
      contextMaskProbability: 0.5,
      tokenEmbeddingsFrom: 'donor',
      encoder: { inputScope: 'patches' },
      stages: [{ mix: [{ maxPositionGaps: 20, maxAssociationGaps: 3 }] }],
    });
    expect(checkpoint.lineage).toEqual([
      { ...run, regime: 'donor-embeddings-image-only', contributed: 'embeddings' },
    ]);
  });
});
