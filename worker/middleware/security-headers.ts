import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/** What a page may do: show itself with the site's own style and pictures. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'";

/** A figure opened by itself has its style within, and can load and run nothing. */
const FIGURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/** What pages with a script may do, and their threads: this site alone, and WebAssembly of it. */
export const SITE_POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; " +
  "style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** For answers that may be read from any site, pictures included. */
const readable = { crossOriginResourcePolicy: 'cross-origin' } as const;
const unframed = secureHeaders({ ...readable, xFrameOptions: 'DENY' });
const framed = secureHeaders({ ...readable, xFrameOptions: false });

/** Only embeds may be framed; their routes say by whom, in their policy. */
export const securityHeaders: MiddlewareHandler = (c, next) =>
  (c.req.path.startsWith('/embed/') ? framed : unframed)(c, next);

/** A policy for every answer, as a browser may show any as a page; a route may set its own. */
export const contentPolicy: MiddlewareHandler = async (c, next) => {
  await next();
  if (c.res.headers.has('content-security-policy')) return;
  const isFigure = c.res.headers.get('content-type') === 'image/svg+xml';
  c.header('content-security-policy', isFigure ? FIGURE_POLICY : PAGE_POLICY);
};
