import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';

/** Response headers that scripts of other sites may read. */
const EXPOSED = [
  'etag',
  'retry-after',
  'ratelimit',
  'ratelimit-policy',
  'server-timing',
  'x-request-id',
];

const allow = cors({ origin: '*', exposeHeaders: EXPOSED });

/**
 * Lets scripts of any site read responses; there are no cookies and no logins. The routes answer `OPTIONS`
 * themselves, because the answer depends on their methods (`answerPreflight`).
 */
export const allowAnyOrigin: MiddlewareHandler = async (c, next) => {
  if (c.req.method === 'OPTIONS') {
    await next();
    return;
  }
  c.header('timing-allow-origin', '*');
  await allow(c, next);
};

/** Methods for scripts of other sites: only those that never need a token. */
const CROSS_ORIGIN_METHODS = ['GET', 'HEAD'];

/** The response to `OPTIONS`: the methods of an address, and those that other sites may use. */
export function answerPreflight(methods: readonly string[]): Response {
  const crossOrigin = methods.filter((method) => CROSS_ORIGIN_METHODS.includes(method));
  return new Response(null, {
    status: 204,
    headers: {
      allow: [...methods, 'OPTIONS'].join(', '),
      ...(crossOrigin.length > 0 && {
        'access-control-allow-origin': '*',
        'access-control-allow-methods': crossOrigin.join(', '),
        'access-control-allow-headers': 'accept, if-none-match, x-request-id',
        'access-control-max-age': '86400',
      }),
    },
  });
}
