import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

interface Tier {
  /** Runs once before the tier: what it needs to be built. */
  readonly globalSetup?: string;
  /** Milliseconds, of a test and of a hook. Against hanging alone: no busy machine may fail a test. */
  readonly timeout: number;
  /** Whether each file has a process of its own. */
  readonly isolate: boolean;
}

/**
 * Tiers of tests, each in its folder `test/NAME` and started by `npm run test:NAME`. Time budgets on
 * a quiet machine with two cores:
 *
 * - unit, 20 s: pure code. Builds nothing; starts no workerd, browser or training.
 * - training, 150 s: trains, probes and evaluates models.
 * - worker, 240 s: the built worker in workerd, and the command line as a process.
 * - browser, 120 s: pages in Chromium.
 */
const TIERS: Readonly<Record<string, Tier>> = {
  unit: { timeout: 120_000, isolate: false },
  training: { globalSetup: 'harness/miniature-models.ts', timeout: 900_000, isolate: true },
  worker: { globalSetup: 'harness/build.ts', timeout: 900_000, isolate: true },
  browser: { globalSetup: 'harness/build.ts', timeout: 900_000, isolate: true },
};

const project = ([name, tier]: [string, Tier], order: number): TestProjectInlineConfiguration => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    ...(tier.globalSetup !== undefined && { globalSetup: tier.globalSetup }),
    testTimeout: tier.timeout,
    hookTimeout: tier.timeout,
    isolate: tier.isolate,
    // One tier after the other.
    sequence: { groupOrder: order },
  },
});

export default defineConfig({
  test: {
    maxWorkers: '100%',
    projects: Object.entries(TIERS).map(project),
  },
});
