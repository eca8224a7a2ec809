import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { copyIfChanged, filesIn, hashOf, writeIfChanged } from './files.ts';
import { withLock } from './once.ts';
import { ROOT, SHIPPED_DIRECTORY } from './paths.ts';
import { buildSite, BUNDLES, VITE_MANIFEST } from './site.ts';
import { buildSnapshot, builtSnapshot } from './snapshot/build-snapshot.ts';

/** What the worker needs beside its own sources: assets to serve, and the version of its code. */

const VERSION_FILE = join(ROOT, 'dist/code-version.txt');

/** The site's files as they are served: compressed, but for fonts. */
const SITE_FILES = join(ROOT, 'dist/site');

/** No model can have such names: model ids have no underscore. */
const SITE = '_site';
const SNAPSHOT = '_runtime/snapshot.bin';

/** What decides the worker's answers, beside the models. */
export const CODE = [
  'task',
  'contract',
  'onnx',
  'inference',
  'probes',
  'huggingface',
  'services',
  'statistics',
  'plots',
  'client',
  'site',
  'worker',
  'package-lock.json',
] as const;

/** Brings what the worker's bundle includes up to date: the manifest of pages and the code's version. */
export async function prepareBundle(): Promise<void> {
  // wrangler refuses to bundle without it, and bundles before assets are copied.
  await mkdir(SHIPPED_DIRECTORY, { recursive: true });
  await buildSite();
  writeIfChanged(VERSION_FILE, hashOf(CODE).slice(0, 16));
}

export interface AssetOptions {
  /** Whether to build the snapshot of ONNX Runtime where there is none yet, which takes some seconds. */
  readonly snapshot: boolean;
}

/** Brings `dist/assets` up to date, after `prepareBundle`. */
export const copyAssets = ({ snapshot }: AssetOptions = { snapshot: true }): Promise<void> =>
  withLock('assets', async () => {
    await compressSite();
    const snapshotFile = snapshot ? await buildSnapshot() : builtSnapshot();
    const wanted = new Map([
      ...copiesOf(join(ROOT, 'models'), SHIPPED_DIRECTORY),
      ...pageFiles(SHIPPED_DIRECTORY),
    ]);
    if (snapshotFile !== undefined) wanted.set(join(SHIPPED_DIRECTORY, SNAPSHOT), snapshotFile);
    for (const [to, from] of wanted) copyIfChanged(from, to);
    for (const file of filesIn(SHIPPED_DIRECTORY)) if (!wanted.has(file)) rmSync(file);
  });

/** A name that Vite made from the content: a file of that name need not be written again. */
const NAMED_BY_CONTENT = /-[\w-]{8}\.\w+$/;

const compress = promisify<Buffer, Buffer>(gzip);

async function compressSite(): Promise<void> {
  await mkdir(SITE_FILES, { recursive: true });
  const built = readdirSync(BUNDLES).filter((name) => name !== VITE_MANIFEST);
  await Promise.all(
    built.map(async (name) => {
      const file = join(SITE_FILES, name);
      if (NAMED_BY_CONTENT.test(name) && existsSync(file)) return;
      const content = readFileSync(join(BUNDLES, name));
      await writeFile(file, name.endsWith('.woff2') ? content : await compress(content));
    }),
  );
  for (const name of readdirSync(SITE_FILES)) {
    if (!built.includes(name)) rmSync(join(SITE_FILES, name));
  }
}

/** Copies what pages need into a folder of assets. */
export function copyPages(directory: string): void {
  for (const [to, from] of pageFiles(directory)) copyIfChanged(from, to);
}

const pageFiles = (directory: string): [to: string, from: string][] =>
  copiesOf(SITE_FILES, join(directory, SITE));

function copiesOf(directory: string, target: string): [to: string, from: string][] {
  return filesIn(directory).map((from) => [from.replace(directory, target), from]);
}
