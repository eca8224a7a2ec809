import type { MiddlewareHandler } from 'hono';
import { RATE_LIMITS, type RateLimitKind } from '../../contract/rate-limits.ts';
import { ServiceError } from '../../services/service-error.ts';
import type { AppEnv } from '../http/app-env.ts';
import { toLoggedError } from '../http/error-handler.ts';

/** The bindings that count requests. A kind without a binding is not limited. */
export type Limiters = Readonly<Partial<Record<RateLimitKind, RateLimit>>>;

/**
 * Limits the requests of each client. The remaining quota is not reported: Cloudflare's binding, which
 * counts per location, does not expose it.
 */
export function limitRate(limiters: Limiters): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { cost } = c.var.policy;
    const limiter = cost === 'free' || c.req.method === 'OPTIONS' ? undefined : limiters[cost];
    if (cost === 'free' || !limiter) {
      await next();
      return;
    }
    const { limit, period } = RATE_LIMITS[cost];
    c.header('ratelimit-policy', `"${cost}";q=${limit};w=${period}`);
    const key = c.req.header('cf-connecting-ip') ?? 'unknown';
    // A failing counter is no reason to refuse a request.
    const { success } = await limiter.limit({ key }).catch((error: unknown) => {
      toLoggedError(error, c.var.requestId);
      return { success: true };
    });
    if (success) {
      await next();
      return;
    }
    const detail = `a client may send ${limit} requests of the kind "${cost}" in ${period} s`;
    c.header('ratelimit', `"${cost}";r=0;t=${period}`);
    // The start of the period is not known; after a whole one it has certainly ended.
    throw new ServiceError('rate-limited', detail, { retryAfterSeconds: period });
  };
}
