import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { AppEnv } from '../http/app-env.ts';
import { toServiceError } from '../http/error-handler.ts';

/**
 * Writes one line of log and one data point of metrics per request.
 *
 * @param metrics Analytics Engine; without it, the same figures are only in the log
 */
export function logRequests(metrics?: AnalyticsEngineDataset): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await next();
    const entry = entryOf(c);
    const line = JSON.stringify(entry);
    if (entry.level === 'error') console.error(line);
    else console.log(line);
    // Analytics Engine samples by index, so the route as index keeps data points of rare routes.
    metrics?.writeDataPoint({
      indexes: [entry.route],
      blobs: [
        entry.route,
        entry.method,
        String(entry.status),
        entry.problem ?? '',
        entry.cold ? 'cold' : 'warm',
      ],
      doubles: [entry.milliseconds],
    });
  };
}

function entryOf(c: Context<AppEnv>) {
  const { status } = c.res;
  return {
    level: status >= 500 ? 'error' : 'info',
    message: 'request',
    id: c.var.requestId,
    method: c.req.method,
    route: c.var.routePath ?? unmatchedPath(c),
    path: c.req.path,
    status,
    problem: c.error ? toServiceError(c.error).kind : null,
    milliseconds: Math.round(10 * c.var.timer.total) / 10,
    cold: c.var.timer.cold,
  };
}

/** A path that has routes with other methods; one name for all other paths, whose number is unlimited. */
function unmatchedPath(c: Context<AppEnv>): string {
  const path = routePath(c, -1);
  return path === '/*' ? 'none' : path;
}
