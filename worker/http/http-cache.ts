import type { MiddlewareHandler } from 'hono';
import { etag, RETAINED_304_HEADERS } from 'hono/etag';
import { sha256Of } from '../../contract/digest.ts';

/** How answers are told apart and kept: entity tags and `Cache-Control`. */

/** A year: what never changes. */
export const IMMUTABLE = 'public, max-age=31536000, immutable';

/** An answer is a function of the request, the models and the code, of which the last two change. */
const REVALIDATE = 'public, no-cache';

/**
 * Tags good answers by a hash of their bytes, where the route has not tagged them without making
 * them, and answers 304 to whom has them already.
 */
export const addEtag: MiddlewareHandler = etag({
  retainedHeaders: [...RETAINED_304_HEADERS, 'cache-status', 'content-security-policy'],
});

/** Says of each answer how it may be kept, where its route does not. */
export const cacheControl: MiddlewareHandler = async (c, next) => {
  await next();
  if (c.res.headers.has('cache-control')) return;
  const reading = c.req.method === 'GET' || c.req.method === 'HEAD';
  const good = c.res.ok || c.res.status === 304;
  c.header('cache-control', reading && good ? REVALIDATE : 'no-store');
};

/** Whether the client says, by `If-None-Match`, that it has what the tag stands for. */
export function matchesEtag(tag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return Array.from(ifNoneMatch.matchAll(/"[^"]*"/g), ([known]) => known).includes(tag);
}

/** A strong entity tag of what determines an answer. */
export async function etagOf(determinants: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(determinants));
  return `"${(await sha256Of(bytes)).slice(0, 32)}"`;
}
