import type { MiddlewareHandler } from 'hono';
import { etag, RETAINED_304_HEADERS } from 'hono/etag';
import { sha256Of } from '../../contract/digest.ts';
import type { AppEnv } from './app-env.ts';
import type { RoutePolicy } from './route-policy.ts';

/** Entity tags and `Cache-Control`. */

/** Seconds for which responses with the policy `hour` stay fresh. */
export const HOUR = 3600;

export const CACHE_CONTROL: Readonly<Record<RoutePolicy['cache'], string>> = {
  // A response depends on the request, the models and the code; the last two change.
  revalidate: 'public, no-cache',
  hour: `public, max-age=${HOUR}`,
  immutable: 'public, max-age=31536000, immutable',
  'no-store': 'no-store',
};

/** Without these, a browser hides a response that it has validated from scripts of other sites. */
const CORS_HEADERS = [
  'access-control-allow-origin',
  'access-control-expose-headers',
  'timing-allow-origin',
];

/**
 * Tags good responses by a hash of their bytes, unless the handler sets a tag, and answers 304. Tags are
 * weak: the platform compresses bodies, and a strong tag would name one sequence of bytes (RFC 9110, 8.8.3).
 */
export const addEtag: MiddlewareHandler = etag({
  weak: true,
  retainedHeaders: [...RETAINED_304_HEADERS, 'cache-status', ...CORS_HEADERS],
});

/**
 * Sets `Vary`, and `Cache-Control` by the policy of the route, unless the handler sets it. Errors are not
 * stored.
 */
export const cacheControl: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  // The platform compresses bodies.
  c.header('vary', 'accept-encoding', { append: true });
  if (c.res.headers.has('cache-control')) return;
  const isGood = c.res.status < 400;
  c.header('cache-control', CACHE_CONTROL[isGood ? c.var.policy.cache : 'no-store']);
};

/** Whether the client already has what the tag identifies, by the header `If-None-Match`. */
export function matchesEtag(tag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return Array.from(ifNoneMatch.matchAll(OPAQUE), ([, known]) => known).includes(opaqueTag(tag));
}

const OPAQUE = /"([^"]*)"/g;

/** What weak comparison compares (RFC 9110, 8.8.3.2): the tag without `W/` and quotes. */
export const opaqueTag = (tag: string): string => /"([^"]*)"/.exec(tag)?.[1] ?? tag;

/** A weak entity tag of everything that a response depends on. */
export async function etagOf(inputs: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(inputs));
  return `W/"${(await sha256Of(bytes)).slice(0, 32)}"`;
}
