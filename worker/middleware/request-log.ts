import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { toServiceError } from '../http/error-handler.ts';
import type { AppEnv } from '../services.ts';

/** One line of log and one data point of metrics a request. */

/** @param metrics Analytics Engine; without it the logs alone tell, which have the same figures */
export function logRequests(metrics?: AnalyticsEngineDataset): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await next();
    const seen = observationOf(c);
    const line = JSON.stringify(seen);
    if (seen.level === 'error') console.error(line);
    else console.log(line);
    // Sampling is by route: each keeps data points, however rare it is.
    metrics?.writeDataPoint({
      indexes: [seen.route],
      blobs: [
        seen.route,
        seen.method,
        String(seen.status),
        seen.problem ?? '',
        seen.cold ? 'cold' : 'warm',
      ],
      doubles: [seen.milliseconds],
    });
  };
}

function observationOf(c: Context<AppEnv>) {
  const { status } = c.res;
  return {
    level: status >= 500 ? 'error' : 'info',
    message: 'request',
    id: c.var.requestId,
    method: c.req.method,
    // Of what no route answers, the path could be anything: one name for all.
    route: status === 404 && routePath(c, -1) === '/*' ? 'none' : routePath(c, -1),
    path: c.req.path,
    status,
    problem: c.error ? toServiceError(c.error).kind : null,
    milliseconds: Math.round(10 * c.var.clock.total) / 10,
    cold: c.var.clock.cold,
  };
}
