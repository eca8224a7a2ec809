/** How long a test waits for what takes a moment on a quiet machine: a busy one fails no test. */
export const WAIT = { timeout: 120_000 } as const;
