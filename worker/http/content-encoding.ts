import type { App } from '../services.ts';

/**
 * An app whose routes encode bodies themselves: one that says `Content-Encoding` has already been
 * encoded so, and workerd, which would do it again, is told.
 */
export const withContentEncoding = (app: App): ExportedHandler<Env> => ({
  async fetch(request, env, context) {
    const response = await app.fetch(request, env, context);
    if (!response.headers.has('content-encoding')) return response;
    const { status, headers } = response;
    return new Response(response.body, { status, headers, encodeBody: 'manual' });
  },
});
