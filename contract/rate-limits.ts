/**
 * Requests that one client may send per period, in seconds. `compute`: routes that run models or render
 * pixels. `read`: all others. The bindings in wrangler.toml, which count, have the same numbers
 * (test/worker/deployment.test.ts).
 */
export const RATE_LIMITS = {
  read: { limit: 1200, period: 60 },
  compute: { limit: 300, period: 60 },
} as const;

export type RateLimitKind = keyof typeof RATE_LIMITS;
