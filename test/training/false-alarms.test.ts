import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tolerancesSchema, type Plan } from '../../contract/baseline.ts';
import { compareRecordings } from '../../statistics/regression.ts';
import { folderDeployment } from '../../cli/deployment.ts';
import type { Deployment } from '../../services/checks/deployment.ts';
import { newTarget, record } from '../../services/checks/record.ts';
import { RUNTIMES } from '../../cli/runtimes.ts';
import { addNoise, copyModels } from '../support/damage.ts';

/**
 * An unchanged model on two runtimes: onnxruntime-node, and the WebAssembly of the worker. Their sums
 * are rounded differently, so that answers which are nearly tied may flip; beyond training, where the
 * model is unsure, there are such.
 */
const MODEL = 'text-only';
const RUNS = 200;
const TOLERANCES = tolerancesSchema.parse({});

const planOf = (seed: number, queries: number): Plan => ({
  split: 'test',
  seed,
  objects: [4, 12],
  queries,
  questionsPerScene: 8,
  pairs: 0,
  requests: 1,
});

let folder: string;
let native: Deployment;
let wasm: Deployment;
beforeAll(() => {
  folder = copyModels(MODEL);
  native = folderDeployment(folder, RUNTIMES.node);
  wasm = folderDeployment(folder, RUNTIMES.wasm);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const recordWith = async (deployment: Deployment, seed: number, queries = 8) =>
  record(deployment, planOf(seed, queries), TOLERANCES, [await newTarget(deployment, MODEL)], {
    code: { version: 'test', commit: null },
  });

describe('an unchanged model', () => {
  it(`never fails in ${RUNS} checks of other queries each, on another runtime each`, async () => {
    let flips = 0;
    for (let seed = 0; seed < RUNS; seed++) {
      const baseline = (await recordWith(native, seed)).figures;
      const report = compareRecordings(baseline, await recordWith(wasm, seed));
      expect(report.tests.length).toBeGreaterThanOrEqual(4);
      expect(report.verdict, `seed ${seed}`).not.toBe('regression');
      flips += report.flips.length;
    }
    // Both runtimes compute the same up to rounding: nearly all answers agree.
    expect(flips).toBeLessThan(RUNS / 10);
  });

  it('answers every query alike on the same runtime', async () => {
    for (let seed = 0; seed < 10; seed++) {
      const baseline = (await recordWith(native, seed)).figures;
      const report = compareRecordings(baseline, await recordWith(native, seed));
      expect(report.flips).toEqual([]);
    }
  });

  it('differs from a damaged one with twice as many queries', async () => {
    const damaged = copyModels(MODEL);
    addNoise(damaged, MODEL, 0.5);
    const noisy = folderDeployment(damaged, RUNTIMES.node);
    for (let seed = 0; seed < 5; seed++) {
      const baseline = (await recordWith(native, seed, 16)).figures;
      const report = compareRecordings(baseline, await recordWith(noisy, seed, 16));
      expect(report.verdict, `seed ${seed}`).toBe('regression');
    }
    rmSync(damaged, { recursive: true });
  });
});
