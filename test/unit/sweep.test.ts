import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REGIME_NAMES, buildRecipe } from '../../trainer/regimes/index.ts';
import { readRuns } from '../../reports/model-results.ts';
import { recordFailures } from '../../trainer/sweep/failure.ts';
import { planSweep, type Job, type SweepOptions } from '../../trainer/sweep/plan.ts';
import { runPool, type JobState } from '../../trainer/sweep/pool.ts';
import { elementAt } from '../../task/element-at.ts';

const OPTIONS: SweepOptions = {
  regimes: ['image-text'],
  preset: 'pocket',
  seeds: [0],
  encoders: ['random'],
  models: 'models',
  results: 'results',
  queries: 100,
  pairs: 10,
  probeEvery: 500,
};
const idsOf = (jobs: readonly Job[]) => jobs.map(({ id }) => id);

describe('The plan of a sweep', () => {
  it('trains what a regime starts from first', () => {
    const jobs = planSweep(OPTIONS);
    expect(idsOf(jobs)).toEqual([
      'train text-only-pocket-0',
      'train image-only-pocket-0',
      'train image-text-pocket-0',
      'evaluate image-text-pocket-0',
      'probe image-text-pocket-0',
    ]);
    expect(jobs[2]?.after).toEqual(['train image-only-pocket-0']);
    expect(jobs[4]?.after).toEqual(['evaluate image-text-pocket-0']);
  });

  it('trains the text before the pictures once for all encoders', () => {
    const jobs = planSweep({ ...OPTIONS, encoders: ['random', 'supervised'] });
    const trainings = idsOf(jobs).filter((id) => id.startsWith('train'));
    expect(trainings.filter((id) => id.includes('text-only'))).toHaveLength(1);
    expect(trainings).toContain('train image-text-pocket-0-supervised');
    expect(jobs.find(({ id }) => id.endsWith('image-only-pocket-0-supervised'))?.after).toEqual([
      'train text-only-pocket-0',
    ]);
  });

  it('trains the donor of token embeddings as it trains a parent', () => {
    const jobs = planSweep({ ...OPTIONS, regimes: ['donor-embeddings-image-only'] });
    expect(
      jobs.find(({ id }) => id === 'train donor-embeddings-image-only-pocket-0')?.after,
    ).toEqual(['train text-only-pocket-0', 'train text-only-pocket-1']);
  });

  it('trains the run first whose budget a control has', () => {
    const jobs = planSweep({ ...OPTIONS, regimes: ['text-only-long'], encoders: ['supervised'] });
    expect(jobs.find(({ id }) => id === 'train text-only-long-pocket-0')?.after).toEqual([
      'train text-only-pocket-0',
      'train noise-image-text-pocket-0',
    ]);
  });

  it('ships seed 0 with every probe, and keeps the figures of the others', () => {
    const commands = planSweep({ ...OPTIONS, seeds: [0, 1] }).map(({ command }) =>
      command.join(' '),
    );
    expect(commands).toContain('probe image-text --models models --pairs 10');
    expect(commands).toContain(
      'probe image-text-pocket-1 --models results --pairs 10 --section interchange',
    );
    const trial = planSweep({ ...OPTIONS, regimes: ['scratch-image-text'] });
    expect(trial.at(-1)?.command.join(' ')).toContain(
      'scratch-image-text-pocket-0 --models results',
    );
    const large = planSweep({ ...OPTIONS, preset: 'paper' }).map(({ command }) =>
      command.join(' '),
    );
    expect(large).toContain('probe image-text-paper --models models --pairs 10');
  });

  it('tells other numbers of patches apart, in all that has seen a picture', () => {
    const jobs = planSweep({ ...OPTIONS, grid: 14 });
    expect(idsOf(jobs)).toEqual([
      'train text-only-pocket-0',
      'train image-only-pocket-0-14x14',
      'train image-text-pocket-0-14x14',
      'evaluate image-text-pocket-0-14x14',
      'probe image-text-pocket-0-14x14',
    ]);
    const commands = jobs.map(({ command }) => command.join(' '));
    expect(commands[0]).not.toContain('--grid');
    expect(commands[1]).toContain('--grid 14');
    expect(commands[3]).toContain('--id image-text-pocket-0-14x14 --models results');
    expect(idsOf(planSweep({ ...OPTIONS, grid: 6 }))).toEqual(idsOf(planSweep(OPTIONS)));
  });

  it('has every job after all that it waits for, in every regime', () => {
    const jobs = planSweep({ ...OPTIONS, regimes: REGIME_NAMES, seeds: [0, 1] });
    const seen = new Set<string>();
    for (const { id, after } of jobs) {
      for (const needed of after) expect(seen).toContain(needed);
      expect(seen).not.toContain(id);
      seen.add(id);
    }
  });
});

describe('Every recipe', () => {
  it.each(REGIME_NAMES)(
    '%s is valid, ends in the full vocabulary and stays in distribution',
    (name) => {
      const { stages, vocabulary, regime } = buildRecipe(name, 'pocket');
      expect(regime).toBe(name);
      expect(elementAt(stages, stages.length - 1).vocabulary ?? vocabulary).toEqual(vocabulary);
      for (const { objects } of stages) expect(objects.to).toBe(8);
    },
  );

  it('asks text the same in every regime that answers the paper', () => {
    const regimes = REGIME_NAMES.filter((name) => !name.endsWith('-without-shape-questions'));
    const streams = regimes.flatMap((name) =>
      buildRecipe(name, 'pocket').stages.flatMap(({ mix }) => mix),
    );
    const asked = streams
      .filter(({ modality, order }) => modality === 'text' && order === 'context')
      .map(({ questions }) => JSON.stringify(questions));
    expect(new Set(asked).size).toBe(1);
  });

  it.each([
    ['shuffled-only', 'image-only'],
    ['shuffled-text', 'image-text'],
  ] as const)('%s is %s but for the modality', (control, regime) => {
    const inWords = (name: typeof control | typeof regime) =>
      buildRecipe(name, 'pocket').stages.map(({ mix, ...stage }) => ({
        ...stage,
        name: '',
        mix: mix.map((stream) => ({ ...stream, modality: 'text' })),
      }));
    expect(inWords(control)).toEqual(inWords(regime));
  });
});

describe('The pool of a sweep', () => {
  const job = (id: string, ...after: string[]): Job => ({
    id,
    run: { regime: 'text-only', preset: 'pocket', seed: 0 },
    command: [],
    after,
  });
  const JOBS = [job('a'), job('b'), job('c', 'a'), job('d', 'b'), job('e', 'd')];

  it('runs as many at a time as it has slots, and nothing before its time', async () => {
    let running = 0;
    let most = 0;
    const ended: string[] = [];
    const failures = await runPool(JOBS, {
      slots: 2,
      run: async ({ id, after }) => {
        for (const needed of after) expect(ended).toContain(needed);
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 2));
        running--;
        ended.push(id);
      },
    });
    expect(failures).toEqual([]);
    expect(most).toBe(2);
    expect(ended.sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('says which branch failed and what was skipped for it, and finishes the others', async () => {
    const states = new Map<string, JobState>();
    const failures = await runPool(JOBS, {
      slots: 2,
      run: ({ id }) =>
        id === 'b' ? Promise.reject(new Error('training diverged at step 7')) : Promise.resolve(),
      onState: ({ id }, state) => states.set(id, state),
    });
    expect(failures.map(({ job: { id }, reason }) => [id, reason])).toEqual([
      ['b', 'training diverged at step 7'],
      ['d', 'it needs "b"'],
      ['e', 'it needs "d"'],
    ]);
    expect(Object.fromEntries(states)).toMatchObject({ a: 'done', c: 'done', e: 'skipped' });
  });

  it('starts nothing more after it is aborted', async () => {
    const stop = new AbortController();
    const started: string[] = [];
    await runPool(JOBS, {
      slots: 1,
      signal: stop.signal,
      run: ({ id }) => {
        started.push(id);
        stop.abort();
        return Promise.resolve();
      },
    });
    expect(started).toEqual(['a']);
  });
});

describe('A branch that failed', () => {
  const key = { regime: 'text-only', preset: 'pocket', seed: 0 } as const;
  const job = (id: string, after: string[] = []): Job => ({ id, run: key, command: [], after });
  const JOBS = [job('train'), job('evaluate', ['train']), job('probe', ['evaluate'])];

  it('is noted with what went wrong first, until it goes well', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bindscope-'));
    const results = join(folder, 'text-only-pocket-0');
    const run = ({ id }: Job) =>
      id === 'train' ? Promise.reject(new Error('it diverged')) : Promise.resolve();
    const failures = await runPool(JOBS, { slots: 1, run });
    expect(failures).toHaveLength(3);
    recordFailures(JOBS, failures, () => results);
    expect(readRuns(folder).failed).toEqual([
      { name: 'text-only-pocket-0', reason: 'it diverged' },
    ]);
    recordFailures(JOBS, [], () => results);
    expect(readRuns(folder).failed).toEqual([]);
  });
});
