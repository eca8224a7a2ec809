import type { MiddlewareHandler } from 'hono';
import { RATE_LIMITS, type RateLimitKind } from '../contract/rate-limits.ts';
import { Problem } from './problem.ts';

/** The bindings that count; without one, as many requests are let through as come. */
export type Limiters = Readonly<Partial<Record<RateLimitKind, RateLimit>>>;

/**
 * Refuses clients that ask too often. The binding counts where the request came in and says no more
 * than yes or no, so answers tell the policy, but not how much of it is left.
 */
export function limitRate(limiters: Limiters): MiddlewareHandler {
  return async (c, next) => {
    const kind = kindOf(c.req.method, c.req.path);
    const limiter = kind && limiters[kind];
    if (!limiter) {
      await next();
      return;
    }
    const { limit, period } = RATE_LIMITS[kind];
    c.header('ratelimit-policy', `"${kind}";q=${limit};w=${period}`);
    const { success } = await limiter.limit({ key: c.req.header('cf-connecting-ip') ?? 'unknown' });
    if (success) {
      await next();
      return;
    }
    const detail = `one client may send ${limit} requests for ${kind} in ${period} s`;
    throw new Problem('rate-limited', detail, {
      // When the period began is not known; by then it is over for certain.
      headers: { 'retry-after': String(period), ratelimit: `"${kind}";r=0;t=${period}` },
    });
  };
}

/** What can be read that may run models for it. */
const RUN_MODELS = new Set(['/', '/embed/scene', '/preview/scene.png', '/v1/compare']);

/** What a request is counted as; undefined where it is free. */
function kindOf(method: string, path: string): RateLimitKind | undefined {
  if (path === '/v2/health/live' || method === 'OPTIONS') return undefined;
  const runsModels = method === 'POST' || RUN_MODELS.has(path) || /^\/v2\/.*\/ready$/.test(path);
  return runsModels ? 'computing' : 'reading';
}
