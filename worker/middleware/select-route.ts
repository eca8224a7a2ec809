import type { MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { AppEnv } from '../http/app-env.ts';
import { unmatchedPolicy } from '../http/route-policy.ts';
import type { Route } from '../http/route.ts';

/** Gives the other middlewares the path and the policy of the matched route. */
export function selectRoute(routes: readonly Route[]): MiddlewareHandler<AppEnv> {
  const byKey = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  return async (c, next) => {
    const route = matchedRoutes(c)
      .map(({ method, path }) => byKey.get(`${method} ${path}`))
      .find((declared) => declared !== undefined);
    c.set('routePath', route?.path);
    c.set('policy', route?.policy ?? unmatchedPolicy(c.req.path));
    await next();
  };
}
