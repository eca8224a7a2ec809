import { API_LIMITS } from '../../contract/limits.ts';
import type { RateLimitKind } from '../../contract/rate-limits.ts';
import type { WriteScope } from '../../contract/write-tokens.ts';

/** How the middlewares treat a route. Each route declares its policy (`defineRoute`). */
export interface RoutePolicy {
  /** What the rate limit counts: `compute` runs a model or renders pixels; `free` is not counted. */
  readonly cost: RateLimitKind | 'free';
  /** Most bytes of the request body. */
  readonly bodyBytes: number;
  /** The scope that a client's token needs to call the route. */
  readonly auth: 'none' | WriteScope;
  /** Which sites may show the response in a frame. */
  readonly framing: 'denied' | 'any-site';
  /** What a browser may load and run when it shows the response (Content-Security-Policy). */
  readonly content: 'document' | 'app' | 'embed';
  /**
   * What a person sees of an error, where the browser asks for it: a page, a page for frames, or a picture.
   * Programs, and everybody at routes with `problem`, get `application/problem+json`. Links to what people see
   * get parameters from trackers, so these routes ignore unknown parameters.
   */
  readonly errors: 'problem' | 'page' | 'frame' | 'figure' | 'badge';
  /** How clients and caches may keep a good response, unless the handler sets `cache-control`. */
  readonly cache: 'revalidate' | 'hour' | 'immutable' | 'no-store';
}

/** A GET that runs no model and renders no pixels. */
export const READ: RoutePolicy = {
  cost: 'read',
  bodyBytes: API_LIMITS.bodyBytes,
  auth: 'none',
  framing: 'denied',
  content: 'document',
  errors: 'problem',
  cache: 'revalidate',
};

/** A GET that runs a model or renders pixels. */
export const COMPUTE: RoutePolicy = { ...READ, cost: 'compute' };

/** A POST that runs a model and changes nothing. */
export const COMPUTE_POST: RoutePolicy = { ...COMPUTE, cache: 'no-store' };

/** A request that changes the registry or the history. */
export const writePolicy = (scope: WriteScope): RoutePolicy => ({
  ...READ,
  auth: scope,
  cache: 'no-store',
});

/** A page without scripts. */
export const DOCUMENT: RoutePolicy = { ...READ, errors: 'page' };

/** A page of `site/`, with its script. */
export const PAGE: RoutePolicy = { ...DOCUMENT, content: 'app' };

/** A page for frames of other sites. */
export const EMBED: RoutePolicy = {
  ...READ,
  framing: 'any-site',
  content: 'embed',
  errors: 'frame',
};

/** A picture as SVG. */
export const FIGURE: RoutePolicy = { ...READ, errors: 'figure' };

/** A picture in pixels, or one that needs a model. */
export const RENDERED_FIGURE: RoutePolicy = { ...COMPUTE, errors: 'figure' };

/** @param path of a request that no route matches: a person who mistyped it sees the error where it was to be shown */
export function unmatchedPolicy(path: string): RoutePolicy {
  const shownAs = /^\/embed(\/|$)/.test(path)
    ? EMBED
    : /\.(svg|png)$/.test(path)
      ? FIGURE
      : DOCUMENT;
  return { ...shownAs, cache: 'no-store' };
}
