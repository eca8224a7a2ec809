import { readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { WORKER_DIRECTORY } from '../build/paths.ts';
import { readWranglerConfig } from '../build/wrangler-config.ts';

export const WORKER_NAME = 'bindscope';

/** How workerd loads the files that wrangler writes beside `index.js`. */
const MODULE_TYPES: Readonly<Record<string, 'ESModule' | 'CompiledWasm' | 'Text' | 'Data'>> = {
  '.js': 'ESModule',
  '.wasm': 'CompiledWasm',
  '.css': 'Text',
  '.txt': 'Text',
  '.ttf': 'Data',
};

/**
 * The worker in `dist/worker` with its assets, for Miniflare.
 *
 * @param assets a folder laid out as `models/`, and the files of pages where it has them
 */
export const builtWorker = (assets: string) =>
  ({
    name: WORKER_NAME,
    modulesRoot: WORKER_DIRECTORY,
    modules: builtModules(),
    compatibilityDate: readWranglerConfig().compatibility_date,
    assets: {
      directory: assets,
      binding: 'ASSETS',
      routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: true },
      assetConfig: { html_handling: 'none', not_found_handling: 'none' },
    },
  }) as const;

function builtModules() {
  return readdirSync(WORKER_DIRECTORY)
    .sort((file) => (file === 'index.js' ? -1 : 1)) // the entry comes first
    .flatMap((file) => {
      const type = MODULE_TYPES[extname(file)];
      return type === undefined ? [] : [{ type, path: join(WORKER_DIRECTORY, file) }];
    });
}

/** The workflows of `wrangler.toml`, for Miniflare. */
export const workflowsOf = () =>
  Object.fromEntries(
    readWranglerConfig().workflows.map(({ binding, name, class_name }) => [
      binding,
      { name, className: class_name },
    ]),
  );
