import { defineConfig } from 'vitest/config';

/** The unit tests that cover `task/` and `statistics/`, for Stryker, which runs them once a mutant. */
const FILES = [
  ...['badge', 'batch', 'compare', 'conditions', 'format', 'generator', 'interchange'],
  ...['items', 'model-compatibility', 'path-arrows', 'position-accuracy', 'random', 'read-answer'],
  ...['regression', 'results', 'statistics', 'task-wording', 'visuals', 'word-queries'],
];

export default defineConfig({
  test: { include: FILES.map((name) => `test/unit/${name}.test.ts`), testTimeout: 120_000 },
});
