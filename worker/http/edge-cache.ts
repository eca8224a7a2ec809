/** Answers kept by Cloudflare's cache where they were made, for whoever asks the same there. */

export interface CachedBody {
  readonly body: string;
  /** For the header `Cache-Status` (RFC 9211). */
  readonly status: string;
}

/** A day; the tag is part of the key, so nothing that is found is out of date. */
const KEPT = 'public, max-age=86400';

/**
 * The answer that a tag stands for, from the cache or made now.
 *
 * @param url of the request: the cache wants keys at the worker's own host
 * @param waitUntil lets the answer be put by after it has gone out
 * @param isWorthKeeping whether others may have the answer too
 */
export async function getOrCompute(
  url: string,
  tag: string,
  waitUntil: (promise: Promise<unknown>) => void,
  make: () => Promise<string>,
  isWorthKeeping: (body: string) => boolean = () => true,
): Promise<CachedBody> {
  const key = new URL(`/_answers/${tag.replaceAll('"', '')}`, url).href;
  // Without a cache, as in a preview, all is made anew: it is here to save work, not to be right.
  const found = await caches.default.match(key).catch(() => undefined);
  if (found) return { body: await found.text(), status: 'bindscope; hit' };
  const body = await make();
  if (!isWorthKeeping(body)) return { body, status: 'bindscope; fwd=miss' };
  const kept = new Response(body, { headers: { 'cache-control': KEPT } });
  waitUntil(caches.default.put(key, kept).catch(() => undefined));
  return { body, status: 'bindscope; fwd=miss; stored' };
}
