import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ROOT, walk } from './files.ts';
import { withLock } from '../node/lock.ts';
import { buildSite, SITE_FILES } from './site-build.ts';

/** What the worker needs beside its own sources: assets to serve, and the version of its code. */

const ASSETS = join(ROOT, 'dist/assets');
const LOCK_FILE = join(ROOT, 'dist/stage.lock');
const VERSION_FILE = join(ROOT, 'dist/code-version.txt');

/** No model can be called like this: their ids have no underscore. */
const REFERENCE = '_reference';
const SITE = '_site';
const REFERENCE_FILES = ['swagger-ui-bundle.js', 'swagger-ui.css'];

/** What decides the worker's answers, beside the models. */
const CODE = [
  'task',
  'contract',
  'inference',
  'probes',
  'services',
  'statistics',
  'plots',
  'client',
  'site',
  'worker',
  'package-lock.json',
];

/** Brings `dist/assets` and the code's version up to date. */
export const prepareAssets = (): Promise<void> => withLock(LOCK_FILE, copyAssets);

async function copyAssets(): Promise<void> {
  await buildSite();
  const wanted = new Map([...filesOf(join(ROOT, 'models'), ASSETS), ...pageFiles(ASSETS)]);
  for (const [to, from] of wanted) copyChanged(from, to);
  for (const there of walk(ASSETS)) if (!wanted.has(there)) rmSync(there);
  const version = codeVersion();
  // Written when it changed alone: whoever watches it need not build again.
  if (!existsSync(VERSION_FILE) || readFileSync(VERSION_FILE, 'utf8') !== version) {
    writeFileSync(VERSION_FILE, version);
  }
}

/** What pages need, in a folder of assets: the site's files, and those of the API reference. */
export function stagePages(directory: string): void {
  for (const [to, from] of pageFiles(directory)) copyChanged(from, to);
}

const pageFiles = (directory: string): [string, string][] => [
  ...filesOf(SITE_FILES, join(directory, SITE)),
  ...referenceFiles(directory),
];

/** From the npm package. */
function referenceFiles(directory: string): [string, string][] {
  const source = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  return REFERENCE_FILES.map((name) => [join(directory, REFERENCE, name), join(source, name)]);
}

function filesOf(directory: string, target: string): [string, string][] {
  return walk(directory).map((from) => [from.replace(directory, target), from]);
}

function copyChanged(from: string, to: string): void {
  const { mtime, size } = statSync(from);
  if (existsSync(to)) {
    const there = statSync(to);
    if (there.size === size && there.mtimeMs === mtime.getTime()) return;
  }
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  utimesSync(to, mtime, mtime);
}

/** The same for the same sources, wherever and whenever they are built. */
function codeVersion(): string {
  const hash = createHash('sha256');
  for (const file of CODE.flatMap((path) => walk(join(ROOT, path)))) {
    const content = readFileSync(file);
    hash.update(`${file.slice(ROOT.length)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}
