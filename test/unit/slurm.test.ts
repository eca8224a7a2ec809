import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planDocument, planDocumentSchema } from '../../trainer/sweep/plan-document.ts';
import { planSweep, type SweepOptions } from '../../trainer/sweep/plan.ts';
import { resourcesOf } from '../../trainer/sweep/resources.ts';
import { dependencyOf, groupBySeed, nameOf } from '../../trainer/sweep/slurm/arrays.ts';
import { batchScript } from '../../trainer/sweep/slurm/batch-script.ts';
import { parseStates } from '../../trainer/sweep/slurm/commands.ts';
import { slurmOption } from '../../trainer/cli-options.ts';
import { elementAt } from '../../task/element-at.ts';

const OPTIONS: SweepOptions = {
  regimes: ['text-only', 'noise-text'],
  preset: 'pocket',
  seeds: [0, 3],
  encoders: ['random'],
  models: 'models',
  results: 'results',
  queries: 100,
  pairs: 10,
  probeEvery: 500,
};

describe('Arrays of a Slurm sweep', () => {
  const groups = groupBySeed(planSweep(OPTIONS));

  it('hold the jobs that differ in the seed alone, in the order of the plan', () => {
    expect(groups.map((group) => nameOf(group))).toEqual([
      'train text-only-pocket-0,3',
      'train noise-text-pocket-0,3',
      'evaluate text-only-pocket-0,3',
      'probe text-only-pocket-0,3',
      'evaluate noise-text-pocket-0,3',
      'probe noise-text-pocket-0,3',
    ]);
  });

  it('keep encoders and numbers of patches apart', () => {
    const jobs = planSweep({
      ...OPTIONS,
      regimes: ['image-only'],
      encoders: ['random', 'supervised'],
      grid: 14,
    });
    expect(groupBySeed(jobs).map((group) => nameOf(group))).toContain(
      'train image-only-pocket-0,3-supervised-14x14',
    );
  });

  const [texts = [], noises = []] = groups;
  const idsOf = (ids: Readonly<Record<string, string>>) => (id: string) => ids[id];

  it('start element by element after the elements of another array', () => {
    expect(dependencyOf(texts, () => undefined)).toBe('');
    const ids = { 'train text-only-pocket-0': '12_0', 'train text-only-pocket-3': '12_3' };
    expect(dependencyOf(noises, idsOf(ids))).toBe('aftercorr:12');
  });

  it('are given up where sbatch cannot say what each element needs', () => {
    const one = { 'train text-only-pocket-3': '15' };
    expect(dependencyOf(noises, idsOf(one))).toBeUndefined();
    const two = { 'train text-only-pocket-0': '12_0', 'train text-only-pocket-3': '15' };
    expect(dependencyOf(noises, idsOf(two))).toBeUndefined();
    const [first, second] = noises;
    expect(dependencyOf(first ? [first] : [], idsOf(two))).toBe('afterok:12_0');
    expect(dependencyOf(second ? [second] : [], idsOf(two))).toBe('afterok:15');
  });

  it('wait for all donors of token embeddings', () => {
    const jobs = planSweep({ ...OPTIONS, regimes: ['donor-embeddings-image-only'], seeds: [0] });
    const training = jobs.filter(({ id }) => id === 'train donor-embeddings-image-only-pocket-0');
    const ids = { 'train text-only-pocket-0': '7_0', 'train text-only-pocket-1': '7_1' };
    expect(dependencyOf(training, idsOf(ids))).toBe('afterok:7_0:7_1');
  });
});

describe('The batch script', () => {
  /** Runs a script as sbatch would, with `scontrol` replaced. @returns status, exit file and log */
  const run = (words: string[], before = '') => {
    const folder = mkdtempSync(join(tmpdir(), "bindscope it's "));
    mkdirSync(join(folder, 'job'));
    const script = batchScript({
      name: 'train x-0',
      commands: [{ index: 0, folder: join(folder, 'job'), words }],
      options: {},
    });
    writeFileSync(join(folder, 'scontrol'), '#!/bin/bash\necho "scontrol $*"\n');
    chmodSync(join(folder, 'scontrol'), 0o755);
    const { status } = spawnSync('bash', ['-c', `${before}\n${script}`], {
      env: { ...process.env, PATH: `${folder}:${process.env['PATH']}`, SLURM_JOB_ID: '42' },
    });
    const read = (name: string) => {
      try {
        return readFileSync(join(folder, 'job', name), 'utf8');
      } catch {
        return undefined;
      }
    };
    return { status, exitStatus: read('exit-status'), log: read('log') };
  };

  it('runs the words as they are, and keeps log and exit status', () => {
    const words = ['bash', '-c', `printf '%s|' "$@"; exit 3`, '-', "it's", 'a  b', '$HOME', '*'];
    expect(run(words)).toEqual({
      status: 3,
      exitStatus: '3\n',
      log: "it's|a  b|$HOME|*|",
    });
  });

  it('puts the job back into the queue where the command stopped at the time limit', () => {
    const command = `trap 'echo saved; exit 143' TERM; kill -USR1 $PPID; while :; do sleep 0.01; done`;
    expect(run(['bash', '-c', command])).toEqual({
      status: 143,
      exitStatus: undefined,
      log: 'saved\nscontrol requeue 42\n',
    });
  });

  it('is done where the command ended well at the time limit', () => {
    const command = `trap 'exit 0' TERM; kill -USR1 $PPID; while :; do sleep 0.01; done`;
    expect(run(['bash', '-c', command])).toEqual({ status: 0, exitStatus: '0\n', log: '' });
  });

  it('names all options, and those of the user last', () => {
    const commands = [0, 3].map((index) => ({ index, folder: `f${index}`, words: ['echo'] }));
    const script = batchScript({
      name: 'train x-0,3',
      commands,
      options: { time: '5', gres: 'gpu:1' },
    });
    expect(script.split('\n').filter((line) => line.startsWith('#SBATCH'))).toEqual([
      `#SBATCH --job-name='train x-0,3'`,
      '#SBATCH --output=/dev/null',
      '#SBATCH --signal=B:USR1@120',
      '#SBATCH --array=0,3',
      '#SBATCH --time=5',
      '#SBATCH --gres=gpu:1',
      '#SBATCH --requeue',
      '#SBATCH --kill-on-invalid-dep=yes',
    ]);
    expect(script).toContain('  3) folder=f3; set -- echo ;;\n');
  });
});

describe('What Slurm prints', () => {
  it('is read by id and state, as squeue and sacct of 22.05 print them', () => {
    // squeue --me --noheader --array --format=%i|%T
    expect([...parseStates('12_0|RUNNING\n12_3|PENDING\n15|COMPLETING\n')]).toEqual([
      ['12_0', 'RUNNING'],
      ['12_3', 'PENDING'],
      ['15', 'COMPLETING'],
    ]);
    // sacct --noheader --parsable2 --allocations --format=JobID,State
    expect([...parseStates('12_0|CANCELLED by 1000\n13|OUT_OF_MEMORY\n')]).toEqual([
      ['12_0', 'CANCELLED by 1000'],
      ['13', 'OUT_OF_MEMORY'],
    ]);
    expect([...parseStates('\n')]).toEqual([]);
  });
});

describe('The plan for other schedulers', () => {
  it('matches its schema and names only jobs that stand before', () => {
    const document = planDocument(planSweep(OPTIONS), 'ort');
    expect(planDocumentSchema.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
    const seen = new Set<string>();
    for (const { id, after } of document.jobs) {
      expect(after.every((needed) => seen.has(needed))).toBe(true);
      seen.add(id);
    }
    expect(document.jobs).toHaveLength(12);
  });

  it('asks for a GPU for trainings on TensorFlow alone, and tells them the engine', () => {
    const jobs = planSweep({ ...OPTIONS, engine: 'tfjs-gpu' });
    const [training, measurement] = [elementAt(jobs, 0), elementAt(jobs, jobs.length - 1)];
    expect(training.command.join(' ')).toContain('--engine tfjs-gpu');
    expect(resourcesOf(training, 'tfjs-gpu').gpus).toBe(1);
    expect(resourcesOf(measurement, 'tfjs-gpu').gpus).toBe(0);
    expect(resourcesOf(training, 'ort').gpus).toBe(0);
    expect(elementAt(planSweep(OPTIONS), 0).command).not.toContain('--engine');
  });
});

describe('--slurm-option', () => {
  it('collects options, with or without hyphens before them', () => {
    expect(slurmOption('--mem=4G', slurmOption('partition=gpu'))).toEqual({
      partition: 'gpu',
      mem: '4G',
    });
  });

  it.each(['gpu', '=x', 'partition=', 'a b=c', 'partition=x y'])('refuses %j', (text) => {
    expect(() => slurmOption(text)).toThrow('It must be name=value, such as partition=gpu.');
  });
});
