import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { copyIfChanged, filesIn, hashOf, writeIfChanged } from './files.ts';
import { withLock } from './once.ts';
import { ROOT, SHIPPED_DIRECTORY } from './paths.ts';
import { buildSite, SITE_FILES } from './site.ts';

/** What the worker needs beside its own sources: assets to serve, and the version of its code. */

const VERSION_FILE = join(ROOT, 'dist/code-version.txt');

/** No model can have such a name: model ids have no underscore. */
const REFERENCE = '_reference';
const SITE = '_site';
const REFERENCE_FILES = ['swagger-ui-bundle.js', 'swagger-ui.css'];

/** What decides the worker's answers, beside the models. */
export const CODE = [
  'task',
  'contract',
  'onnx',
  'inference',
  'probes',
  'services',
  'statistics',
  'plots',
  'client',
  'site',
  'worker',
  'package-lock.json',
] as const;

/** Brings `dist/assets` and the code's version up to date. */
export async function prepareAssets(): Promise<void> {
  await buildSite();
  await withLock('assets', async () => {
    const wanted = new Map([
      ...copiesOf(join(ROOT, 'models'), SHIPPED_DIRECTORY),
      ...pageFiles(SHIPPED_DIRECTORY),
    ]);
    for (const [to, from] of wanted) copyIfChanged(from, to);
    for (const file of filesIn(SHIPPED_DIRECTORY)) if (!wanted.has(file)) rmSync(file);
    writeIfChanged(VERSION_FILE, hashOf(CODE).slice(0, 16));
    return Promise.resolve();
  });
}

/** Copies what pages need into a folder of assets: the site's files, and those of the API reference. */
export function copyPages(directory: string): void {
  for (const [to, from] of pageFiles(directory)) copyIfChanged(from, to);
}

const pageFiles = (directory: string): [to: string, from: string][] => [
  ...copiesOf(SITE_FILES, join(directory, SITE)),
  ...referenceFiles(directory),
];

/** From the npm package. */
function referenceFiles(directory: string): [to: string, from: string][] {
  const source = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  return REFERENCE_FILES.map((name) => [join(directory, REFERENCE, name), join(source, name)]);
}

function copiesOf(directory: string, target: string): [to: string, from: string][] {
  return filesIn(directory).map((from) => [from.replace(directory, target), from]);
}
