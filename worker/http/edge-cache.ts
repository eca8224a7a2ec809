import { opaqueTag } from './http-cache.ts';

/** Responses in Cloudflare's cache of the location where they were made. */

export interface CachedBody {
  readonly body: string;
  /** For the header `Cache-Status` (RFC 9211). */
  readonly status: string;
}

/** A day. The tag is part of the key, so a cached body is never out of date. */
const CACHE_CONTROL = 'public, max-age=86400';

export interface CacheEntry {
  /** Of the request: keys must have the worker's own host. */
  readonly url: string;
  /** Entity tag of the body. */
  readonly tag: string;
  /** Keeps the worker alive while the body is stored, after the response is sent. */
  readonly waitUntil: (promise: Promise<unknown>) => void;
  readonly compute: () => Promise<string>;
  /** Whether to store a body; by default always. */
  readonly shouldStore?: (body: string) => boolean;
}

/** The body with this tag, from the cache or computed now. */
export async function getOrCompute(entry: CacheEntry): Promise<CachedBody> {
  const { url, tag, waitUntil, compute, shouldStore = () => true } = entry;
  const key = new URL(`/_answers/${opaqueTag(tag)}`, url).href;
  // The cache only saves work: without one, as in a preview, every body is computed.
  const found = await caches.default.match(key).catch(() => undefined);
  if (found) return { body: await found.text(), status: 'bindscope; hit' };
  const body = await compute();
  if (!shouldStore(body)) return { body, status: 'bindscope; fwd=miss' };
  const stored = new Response(body, { headers: { 'cache-control': CACHE_CONTROL } });
  waitUntil(caches.default.put(key, stored).catch(() => undefined));
  return { body, status: 'bindscope; fwd=miss; stored' };
}
