/**
 * How often one client may ask, by kind: `computing` runs models or draws pixels, `reading` does not. The bindings in
 * wrangler.toml, which do the counting, have the same numbers (test/unit/deployment.test.ts).
 */
export const RATE_LIMITS = {
  read: { limit: 1200, period: 60 },
  compute: { limit: 300, period: 60 },
} as const;

export type RateLimitKind = keyof typeof RATE_LIMITS;
