import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { BudgetReporter } from './test/support/budget-reporter.ts';

interface Tier {
  /** Seconds that it may take on a quiet machine with two cores. */
  readonly budget: number;
  /** Runs once before the tier: what it needs to be built. */
  readonly globalSetup?: string;
  /** Milliseconds, of a test and of a hook. Against hanging alone: no busy machine may fail a test. */
  readonly timeout: number;
  /** Whether each file has a process of its own. */
  readonly isolate: boolean;
}

/** Tiers of tests, each in its folder `test/NAME` and started by `npm run test:NAME`. */
const TIERS: Readonly<Record<string, Tier>> = {
  // Pure code. Builds nothing; starts no workerd, browser or training.
  unit: { budget: 20, timeout: 120_000, isolate: false },
  // Trains, probes and evaluates models.
  training: {
    budget: 120,
    globalSetup: 'harness/miniature-models.ts',
    timeout: 900_000,
    isolate: true,
  },
  // The built worker in workerd, and the command line as a process.
  worker: { budget: 280, globalSetup: 'harness/build.ts', timeout: 900_000, isolate: true },
  // Pages in Chromium.
  browser: { budget: 170, globalSetup: 'harness/build.ts', timeout: 900_000, isolate: true },
};

/** The folders of which coverage is reported. */
const COVERED = [
  ...['task', 'contract', 'onnx', 'huggingface', 'statistics', 'inference', 'probes', 'plots'],
  ...['services', 'client', 'cli', 'measurement', 'trainer', 'reports', 'node'],
];

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
    reporters: [
      'default',
      new BudgetReporter(
        Object.fromEntries(Object.entries(TIERS).map(([name, { budget }]) => [name, budget])),
      ),
    ],
    projects: Object.entries(TIERS).map(project),
    // Of the unit tier alone (`npm run coverage`): what other tiers start runs in other processes.
    coverage: {
      include: COVERED.map((folder) => `${folder}/**/*.{ts,tsx}`),
      exclude: ['test/**'],
    },
  },
});
