import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { z } from 'zod';
import { ROOT } from '../build/paths.ts';
import { WRITE_SCOPES } from '../contract/write-tokens.ts';

/** A declaration with every policy that a route must have, and no other. */
const routeSchema = z.object({
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE']),
  path: z.string().startsWith('/'),
  policy: z.strictObject({
    cost: z.enum(['free', 'read', 'compute']),
    bodyBytes: z.number().int().positive(),
    auth: z.enum(['none', ...WRITE_SCOPES]),
    framing: z.enum(['denied', 'any-site']),
    content: z.enum(['document', 'app', 'embed']),
    errors: z.enum(['problem', 'page', 'frame', 'figure', 'badge']),
    cache: z.enum(['revalidate', 'hour', 'immutable', 'no-store']),
  }),
});
export type DeclaredRoute = z.output<typeof routeSchema>;

/**
 * The route declarations of the worker, bundled for Node: as modules, they import files that only wrangler
 * can bundle. The worker must have been built.
 *
 * @throws ZodError where a route lacks a policy
 */
export async function declaredRoutes(): Promise<DeclaredRoute[]> {
  const outfile = join(ROOT, 'dist/declared-routes.mjs');
  await build({
    entryPoints: [join(ROOT, 'worker/routes.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    loader: { '.txt': 'text', '.css': 'text', '.ttf': 'empty', '.wasm': 'empty' },
    logLevel: 'error',
  });
  const bundle: unknown = await import(pathToFileURL(outfile).href);
  return z.object({ ROUTES: z.array(routeSchema) }).parse(bundle).ROUTES;
}
