import type { MiddlewareHandler } from 'hono';
import { RATE_LIMITS, type RateLimitKind } from '../../contract/rate-limits.ts';
import { toLoggedError } from '../http/error-handler.ts';
import { ServiceError } from '../../services/service-error.ts';
import type { AppEnv } from '../services.ts';

/** The bindings that count; without one, as many requests are let through as come. */
export type Limiters = Readonly<Partial<Record<RateLimitKind, RateLimit>>>;

/**
 * Refuses clients that ask too often. The binding counts where the request came in and says no more
 * than yes or no, so answers tell the policy, but not how much of it is left.
 */
export function limitRate(limiters: Limiters): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const kind = kindOf(c.req.method, c.req.path);
    const limiter = kind && limiters[kind];
    if (!limiter) {
      await next();
      return;
    }
    const { limit, period } = RATE_LIMITS[kind];
    c.header('ratelimit-policy', `"${kind}";q=${limit};w=${period}`);
    const key = c.req.header('cf-connecting-ip') ?? 'unknown';
    // Where counting fails, that is no reason to refuse.
    const { success } = await limiter.limit({ key }).catch((error: unknown) => {
      toLoggedError(error, c.var.requestId);
      return { success: true };
    });
    if (success) {
      await next();
      return;
    }
    const detail = `one client may send ${limit} requests for ${kind} in ${period} s`;
    c.header('ratelimit', `"${kind}";r=0;t=${period}`);
    // The start of the period is not known; after a whole one it has certainly ended.
    throw new ServiceError('rate-limited', detail, { retryAfterSeconds: period });
  };
}

/** What can be read that runs models, or draws pixels. */
const COMPUTING = /^\/$|^\/embed\/scene$|^\/preview\/|^\/v1\/compare$|^\/v2\/.*\/ready$/;

/** What a request is counted as; undefined where it is free. */
function kindOf(method: string, path: string): RateLimitKind | undefined {
  if (path === '/v2/health/live' || method === 'OPTIONS') return undefined;
  return method === 'POST' || COMPUTING.test(path) ? 'compute' : 'read';
}
