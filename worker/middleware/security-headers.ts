import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { AppEnv } from '../http/app-env.ts';
import type { RoutePolicy } from '../http/route-policy.ts';

/** Content-Security-Policy by what a response contains. Everything loads from this deployment alone. */
const CONTENT_POLICIES: Readonly<Record<RoutePolicy['content'] | 'figure', string>> = {
  /** HTML without scripts, or data. */
  document:
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
    "manifest-src 'self'; base-uri 'none'; form-action 'none'",
  /** A page of `site/`: scripts, threads, WebAssembly, requests to the API. */
  app:
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; " +
    "style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "manifest-src 'self'; base-uri 'none'; form-action 'self'",
  /** A page for frames. */
  embed:
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
    "font-src 'self'; base-uri 'none'; form-action 'none'",
  /** An SVG, which has its style inside. */
  figure: "default-src 'none'; style-src 'unsafe-inline'",
};

// Any site may read responses, pictures included.
const readable = { crossOriginResourcePolicy: 'cross-origin' } as const;
const unframed = secureHeaders({ ...readable, xFrameOptions: 'DENY' });
const framed = secureHeaders({ ...readable, xFrameOptions: false });

/** Sets security headers by the policy of the route; a browser may show any response as a page. */
export const securityHeaders: MiddlewareHandler<AppEnv> = (c, next) => {
  const { framing, content } = c.var.policy;
  const set = framing === 'any-site' ? framed : unframed;
  return set(c, async () => {
    await next();
    const isFigure = c.res.headers.get('content-type') === 'image/svg+xml';
    const policy = CONTENT_POLICIES[isFigure ? 'figure' : content];
    const ancestors = framing === 'any-site' ? '*' : "'none'";
    c.header('content-security-policy', `${policy}; frame-ancestors ${ancestors}`);
  });
};
