import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';

/** Headers of answers that scripts of other sites may read. */
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
 * Lets any site read: there are no cookies and nobody is logged in. `OPTIONS` is left to the routes,
 * as it depends on them (`answerOptions`).
 */
export const allowAnyOrigin: MiddlewareHandler = async (c, next) => {
  if (c.req.method === 'OPTIONS') {
    await next();
    return;
  }
  c.header('timing-allow-origin', '*');
  await allow(c, next);
};

/** Methods that scripts of other sites may use: reading, and nothing that a key would be sent for. */
const READING = ['GET', 'HEAD'];

/** The answer to `OPTIONS`: the methods of an address, and which of them other sites may use. */
export function answerPreflight(methods: readonly string[]): Response {
  const readable = methods.filter((method) => READING.includes(method));
  return new Response(null, {
    status: 204,
    headers: {
      allow: [...methods, 'OPTIONS'].join(', '),
      ...(readable.length > 0 && {
        'access-control-allow-origin': '*',
        'access-control-allow-methods': readable.join(', '),
        'access-control-allow-headers': 'accept, if-none-match, x-request-id',
        'access-control-max-age': '86400',
      }),
    },
  });
}
