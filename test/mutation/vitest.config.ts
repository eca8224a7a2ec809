import { defineConfig } from 'vitest/config';

/** The unit tests that cover `task/` and `statistics/`, for Stryker, which runs them once a mutant. */
const FILES = [
  ...['badge', 'batch', 'compare', 'format', 'generator', 'interchange', 'model-compatibility'],
  ...['regression', 'results', 'statistics', 'visuals'],
];

export default defineConfig({
  test: { include: FILES.map((name) => `test/unit/${name}.test.ts`), testTimeout: 120_000 },
});
