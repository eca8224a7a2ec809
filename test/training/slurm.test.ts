import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { modelIndexSchema } from '../../contract/card.ts';
import { readJson } from '../../node/files.ts';
import { loadCheckpoint } from '../../trainer/checkpoint.ts';
import { hasSlurm, startSlurmCluster, type SlurmCluster } from '../support/slurm-cluster.ts';
import { WAIT } from '../support/wait.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TRAINER = [
  ...['--import', join(ROOT, 'node_modules/tsx/dist/loader.mjs')],
  join(ROOT, 'test/support/miniature-trainer.ts'),
];
const SWEEP = [
  ...['sweep', '--regimes', 'text-only,noise-text,text-only-shuffled', '--seeds', '1,2'],
  ...['--queries', '20', '--pairs', '8'],
];

describe.skipIf(!hasSlurm())('A sweep on a real Slurm cluster', { timeout: 900_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'bindscope-slurm-'));
  let cluster: SlurmCluster;
  beforeAll(async () => {
    const own = join(folder, 'cluster');
    mkdirSync(own);
    cluster = await startSlurmCluster(own);
  }, WAIT.timeout);
  afterAll(async () => {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const slurm = (command: string, ...args: string[]) =>
    spawnSync(command, args, { env: cluster.env, encoding: 'utf8' }).stdout.trim();
  const sweep = (cwd: string, ...args: string[]) =>
    spawnSync(process.execPath, [...TRAINER, ...SWEEP, ...args], {
      cwd,
      env: cluster.env,
      encoding: 'utf8',
    });
  const untilTheQueueIsEmpty = () =>
    vi.waitFor(
      () => {
        expect(slurm('squeue', '--noheader')).toBe('');
      },
      { timeout: 600_000, interval: 1000 },
    );

  it('names a job that was killed, submits only that and what needs it, and ends as on one machine', async () => {
    const [onCluster, local] = ['on-cluster', 'local'].map((name) => {
      const cwd = join(folder, name);
      mkdirSync(cwd);
      return cwd;
    }) as [string, string];

    const first = sweep(onCluster, '--executor', 'slurm');
    expect(first.stderr).toBe('');
    expect(first.stdout).toMatch(/submitted: train text-only-pocket-1,2, as (\d+)\n/);
    expect(first.stdout).toMatch(/submitted: train noise-text-pocket-1,2, as \d+, aftercorr:\d+\n/);
    expect(first.stdout).toContain('submitted 18 of 18 jobs');
    const array = /train text-only-pocket-1,2, as (\d+)/.exec(first.stdout)?.[1] ?? '';
    slurm('scancel', `${array}_2`);
    await untilTheQueueIsEmpty();

    const status = sweep(onCluster, '--executor', 'slurm', '--status');
    expect(status.status).toBe(1);
    expect(status.stdout).toContain('failed: train text-only-pocket-2\n');
    expect(status.stdout).toContain('done: probe text-only-shuffled-pocket-2\n');
    expect(status.stdout).toContain('done: probe noise-text-pocket-1\n');
    expect(status.stdout).toContain('12 done, 1 failed, 5 skipped\n');
    expect(status.stderr).toContain(
      `train text-only-pocket-2: Slurm ended job ${array}_2: cancelled, out of memory or time, or its node failed\n`,
    );
    expect(status.stderr).toContain(
      'probe noise-text-pocket-2: it needs "evaluate noise-text-pocket-2"\n',
    );

    const again = sweep(onCluster, '--executor', 'slurm');
    expect(again.stdout).toContain('submitted 6 of 18 jobs; 0 were in the queue, 12 are done');
    expect(sweep(onCluster, '--executor', 'slurm').stdout).toMatch(/submitted 0 of 18 jobs/);
    await untilTheQueueIsEmpty();
    const ended = sweep(onCluster, '--executor', 'slurm', '--status');
    expect(ended.stderr).toBe('');
    expect(ended.stdout).toContain('18 done\n');

    expect(sweep(local)).toMatchObject({ status: 0, stderr: '' });
    const files = contents(local);
    expect(files.size).toBeGreaterThan(40);
    expect(contents(onCluster)).toEqual(files);
  });

  it('names a job that fails with its reason', async () => {
    const cwd = join(folder, 'failing');
    mkdirSync(cwd);
    const args = ['--executor', 'slurm', '--engine', 'tfjs-gpu'];
    expect(sweep(cwd, ...args).stderr).toContain('Invalid generic resource (gres) specification');

    // The cluster has no GPU: the jobs ask for none.
    const options = [...args, '--slurm-option', 'gres=none'];
    expect(sweep(cwd, ...options).stdout).toContain('submitted 18 of 18 jobs');
    await untilTheQueueIsEmpty();
    const { status, stderr } = sweep(cwd, ...options, '--status');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^train text-only-pocket-1: @tensorflow\/tfjs-node-gpu cannot/m);
    expect(stderr).toContain('error: 18 of 18 jobs failed\n');
  });
});

/** All files but those of Slurm, without times. */
function contents(folder: string): Map<string, unknown> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !relative(folder, path).startsWith(join('runs', 'slurm')));
  return new Map(paths.sort().map((path) => [relative(folder, path), contentOf(path)]));
}

function contentOf(path: string): unknown {
  if (path.endsWith('.safetensors')) {
    const { lineage, ...checkpoint } = loadCheckpoint(path);
    return { ...checkpoint, seconds: 0, lineage: withoutTimes(JSON.stringify(lineage)) };
  }
  // In the order in which the models became ready.
  if (path.endsWith('index.json')) return readJson(path, modelIndexSchema).models.sort();
  if (path.endsWith('.onnx')) return readFileSync(path).toString('base64');
  return withoutTimes(readFileSync(path, 'utf8'));
}

const withoutTimes = (text: string): string =>
  text.replace(/"(seconds|stepsPerSecond)": ?[\d.e+-]+/g, '"$1":0');
