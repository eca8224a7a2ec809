import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { InlineConfig, Manifest, ManifestChunk } from 'vite';
import type { SiteManifest } from '../contract/pages.ts';
import { pagePalette, SERIES_COLOURS } from '../plots/palette.ts';
import { FIGURE_RULES } from '../plots/style.ts';
import { buildOnce } from './once.ts';
import { ROOT } from './paths.ts';

/** Bundles what browsers run: the pages of `site/`, compressed, and a list of what each page loads. */

const BUNDLES = join(ROOT, 'dist/site-bundles');

/** The files to serve, compressed but for what is so already. */
export const SITE_FILES = join(ROOT, 'dist/site');
const MANIFEST_FILE = join(ROOT, 'dist/site-manifest.txt');

/** Where they are served. */
const BASE = '/site/';

/** Pages, by what the worker calls them: they share code, in files named by their content. */
const PAGES: Readonly<Record<string, string>> = {
  /** Of pages without a script. */
  style: 'site/style.css',
  embed: 'site/embed/main.ts',
  explorer: 'site/explorer/main.tsx',
  'scene-editor': 'site/scene-editor/main.tsx',
  mechanism: 'site/mechanism/main.tsx',
  'in-browser': 'site/in-browser/main.tsx',
};

/** Scripts for other sites, by the name they are served under: one file each, whatever it needs. */
const SINGLE_SCRIPTS: Readonly<Record<string, string>> = {
  'bindscope.js': 'site/widget/main.ts',
};

/** What decides the bundles. */
const SOURCES = [
  'task',
  'contract',
  'statistics',
  'inference',
  'probes',
  'plots',
  'client',
  'site',
  'build/site.ts',
  'package-lock.json',
] as const;

/** What style sheets share with figures: `@palette;`, and `@figures <selector of what they stand in>;`. */
const shared = {
  postcssPlugin: 'shared-with-figures',
  AtRule: {
    palette: (rule: Replaceable) => {
      rule.replaceWith(pagePalette() + SERIES_COLOURS);
    },
    figures: (rule: Replaceable) => {
      rule.replaceWith(`${rule.params} { ${FIGURE_RULES} }`);
    },
  },
};

/** A rule of PostCSS, as far as it is used here. */
interface Replaceable {
  readonly params: string;
  replaceWith(css: string): unknown;
}

const COMMON: InlineConfig = {
  root: ROOT,
  base: BASE,
  configFile: false,
  publicDir: false,
  logLevel: 'warn',
  worker: { format: 'es' },
  css: { postcss: { plugins: [shared] } },
};

/** Builds `dist/site` and its manifest where their sources have changed. */
export const buildSite = (): Promise<void> => buildOnce('site', SOURCES, bundle);

async function bundle(): Promise<void> {
  // Loaded here alone: it takes time, and most starts build nothing.
  const { build } = await import('vite');
  await build({
    ...COMMON,
    build: {
      outDir: BUNDLES,
      emptyOutDir: true,
      assetsDir: '',
      assetsInlineLimit: 0,
      manifest: 'manifest.json',
      modulePreload: { polyfill: false },
      target: 'es2022',
      rollupOptions: {
        input: mapValues(PAGES, (file) => join(ROOT, file)),
        onwarn: (warning, warn) => {
          // Of zod's comments, which are for another bundler.
          if (warning.code !== 'INVALID_ANNOTATION') warn(warning);
        },
      },
    },
  });
  for (const [name, file] of Object.entries(SINGLE_SCRIPTS)) {
    await build({
      ...COMMON,
      build: {
        outDir: BUNDLES,
        emptyOutDir: false,
        target: 'es2022',
        // Classic scripts load from other sites without more ado, and leave nothing behind in their scope.
        lib: {
          entry: join(ROOT, file),
          name: 'bindscope',
          formats: ['iife'],
          fileName: () => name,
        },
      },
    });
  }
  const manifest = JSON.parse(readFileSync(join(BUNDLES, 'manifest.json'), 'utf8')) as Manifest;
  mkdirSync(SITE_FILES, { recursive: true });
  const built = readdirSync(BUNDLES).filter((name) => name !== 'manifest.json');
  for (const name of built) publish(name);
  for (const name of readdirSync(SITE_FILES)) {
    if (!built.includes(name)) rmSync(join(SITE_FILES, name));
  }
  writeFileSync(MANIFEST_FILE, JSON.stringify(siteManifest(manifest)));
}

/** A name that was made from the content: what is there under it already is the same. */
const NAMED_BY_CONTENT = /-[\w-]{8}\.\w+$/;

function publish(name: string): void {
  const file = join(SITE_FILES, name);
  if (NAMED_BY_CONTENT.test(name) && existsSync(file)) return;
  const content = readFileSync(join(BUNDLES, name));
  writeFileSync(file, name.endsWith('.woff2') ? content : gzipSync(content, { level: 9 }));
}

/** What each page loads first: its script, with what that imports, its styles, and its font. */
function siteManifest(manifest: Manifest): SiteManifest {
  const shared = manifest[PAGES['style']].file;
  const pages = mapValues(PAGES, (file) => {
    const entry = manifest[file];
    const chunks = reached(manifest, entry);
    const urls = (names: readonly string[]) => [...new Set(names)].map((name) => BASE + name);
    return {
      script: entry.file.endsWith('.js') ? BASE + entry.file : null,
      imports: urls(chunks.map((chunk) => chunk.file)),
      // What pages share comes first, for a page to go beyond.
      styles: urls([...chunks, entry].flatMap(stylesOf).sort((css) => (css === shared ? -1 : 1))),
    };
  });
  const fonts = Object.values(manifest)
    .filter(({ file }) => file.endsWith('.woff2'))
    .map(({ file }) => BASE + file);
  return { pages, fonts };
}

const stylesOf = ({ file, css = [] }: ManifestChunk): string[] =>
  file.endsWith('.css') ? [file, ...css] : css;

/** The chunks that one imports, directly or not. */
function reached(manifest: Manifest, { imports = [] }: ManifestChunk): ManifestChunk[] {
  return imports.flatMap((key) => [manifest[key], ...reached(manifest, manifest[key])]);
}

const mapValues = <T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
