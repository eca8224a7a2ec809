import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import { CODE } from '../build/assets.ts';
import { ROOT } from '../build/paths.ts';

/** Milliseconds without a further change before a rebuild starts: an editor writes several files. */
const SETTLED = 200;

/** Calls back after each change of what the local server serves; one call at a time. */
export function watchSources(onChange: () => Promise<void>): void {
  let timer: NodeJS.Timeout | undefined;
  let work = Promise.resolve();
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      work = work.then(onChange).catch((error: unknown) => {
        console.error(error instanceof Error ? error.message : error);
      });
    }, SETTLED);
  };
  for (const path of [...CODE, 'models', 'migrations', 'wrangler.toml']) {
    const source = join(ROOT, path);
    if (existsSync(source)) watch(source, { recursive: true }, changed);
  }
}
