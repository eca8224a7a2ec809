import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Builds the worker and the models that integration tests serve.
    globalSetup: 'test/support/build.ts',
    // Cold starts of workerd and tracing take seconds on a busy machine; no test measures time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
