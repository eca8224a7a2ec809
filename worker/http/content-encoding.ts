import type { App } from './app-env.ts';

/**
 * An app whose routes may send compressed bodies. Without `encodeBody: 'manual'`, workerd would compress a
 * body with the header `Content-Encoding` again.
 */
export const withContentEncoding = (app: App): ExportedHandler<Env> => ({
  async fetch(request, env, context) {
    const response = await app.fetch(request, env, context);
    if (!response.headers.has('content-encoding')) return response;
    const { status, headers } = response;
    return new Response(response.body, { status, headers, encodeBody: 'manual' });
  },
});
