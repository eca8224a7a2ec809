import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InlineConfig, Manifest, ManifestChunk } from 'vite';
import type { SiteManifest } from '../contract/pages.ts';
import { pageColours, SERIES_COLOURS } from '../plots/palette.ts';
import { FIGURE_RULES } from '../plots/style.ts';
import { buildOnce } from './once.ts';
import { ROOT } from './paths.ts';

/** Bundles what browsers run: the scripts and styles of `site/`, and a list of what each page loads. */

export const BUNDLES = join(ROOT, 'dist/site-bundles');

/** Vite's own list of what it built, beside the bundles. */
export const VITE_MANIFEST = 'manifest.json';
const MANIFEST_FILE = join(ROOT, 'dist/site-manifest.txt');

/** Where they are served. */
const BASE = '/site/';

/** Entry files by the name that the worker uses. They share code, in files named by their content. */
const PAGES = {
  /** For pages without a script. */
  style: 'site/style.css',
  models: 'site/models/models.css',
  embed: 'site/embed/main.ts',
  explorer: 'site/explorer/main.ts',
  'scene-editor': 'site/scene-editor/main.tsx',
  mechanism: 'site/mechanism/main.tsx',
  'in-browser': 'site/in-browser/main.tsx',
  reference: 'site/reference/main.ts',
} as const;

/** Scripts for other sites by the name they are served under, each one file without imports. */
const SINGLE_SCRIPTS: Readonly<Record<string, string>> = {
  'bindscope.js': 'site/widget/main.ts',
};

/** What the bundles are made of. */
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

/** At-rules that style sheets share with figures: `@palette;` and `@figures <selector of their parent>;`. */
const shared = {
  postcssPlugin: 'shared-with-figures',
  AtRule: {
    palette: (rule: Replaceable, helpers: Helpers) => {
      replace(rule, pageColours() + SERIES_COLOURS, helpers);
    },
    figures: (rule: Replaceable, helpers: Helpers) => {
      replace(rule, `${rule.params} { ${FIGURE_RULES} }`, helpers);
    },
  },
};

/** The part of a PostCSS rule that is used here. */
interface Replaceable {
  readonly params: string;
  readonly source?: { readonly input: { readonly file?: string } };
  replaceWith(nodes: unknown): unknown;
}

/** The part of what PostCSS hands to plugins that is used here. */
interface Helpers {
  readonly postcss: { parse(css: string, options: { from: string | undefined }): unknown };
}

function replace(rule: Replaceable, css: string, { postcss }: Helpers): void {
  rule.replaceWith(postcss.parse(css, { from: rule.source?.input.file }));
}

/**
 * Pages forbid `eval`. Without this setting zod tries it once, which browsers report as a violation of the
 * policy. It must stand before zod itself, and modules run before the code of those that import them.
 */
const output = {
  intro: ({ moduleIds }: { readonly moduleIds: readonly string[] }): string =>
    moduleIds.some((id) => id.includes('/node_modules/zod/'))
      ? 'globalThis.__zod_globalConfig = { jitless: true };'
      : '',
};

/** Code by file: each file of its own costs about 1 KB of headers. */
const GROUPS = [
  // What starts a page runs before everything else, and needs nothing else.
  { name: 'first', test: /start-when-used|early-input|preload-helper/, priority: 1 },
  {
    name: 'shared',
    test: /\/(site\/(components|lib)|plots|statistics)\/|\/contract\/theme-locale|\/site\/explorer\/scene-text/,
    minShareCount: 2,
  },
];

const COMMON: InlineConfig = {
  root: ROOT,
  base: BASE,
  configFile: false,
  publicDir: false,
  logLevel: 'warn',
  worker: { format: 'es', rolldownOptions: { output } },
  css: { postcss: { plugins: [shared] } },
};

/** Builds `dist/site-bundles` and the manifest of pages where their sources have changed. */
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
      manifest: VITE_MANIFEST,
      modulePreload: { polyfill: false },
      target: 'es2022',
      rolldownOptions: {
        input: mapValues(PAGES, (file) => join(ROOT, file)),
        output: { ...output, codeSplitting: { groups: GROUPS } },
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
        // A classic script needs no CORS on other sites; a function keeps its names out of the page.
        lib: {
          entry: join(ROOT, file),
          name: 'bindscope',
          formats: ['iife'],
          fileName: () => name,
        },
      },
    });
  }
  const manifest = JSON.parse(readFileSync(join(BUNDLES, VITE_MANIFEST), 'utf8')) as Manifest;
  writeFileSync(MANIFEST_FILE, JSON.stringify(siteManifest(manifest)));
}

/** What each page loads first: its script, with what that imports, its styles, and its font. */
function siteManifest(manifest: Manifest): SiteManifest {
  const shared = chunkOf(manifest, PAGES.style).file;
  const pages = mapValues(PAGES, (file) => {
    const entry = chunkOf(manifest, file);
    const chunks = importsOf(manifest, entry);
    const urls = (names: readonly string[]) => [...new Set(names)].map((name) => BASE + name);
    return {
      script: entry.file.endsWith('.js') ? BASE + entry.file : null,
      imports: urls(chunks.map((chunk) => chunk.file)),
      // The style sheet of all pages comes first, so that a page's own rules win.
      styles: urls([...chunks, entry].flatMap(stylesOf).sort((css) => (css === shared ? -1 : 1))),
    };
  });
  const fonts = Object.values(manifest)
    .filter(({ file }) => file.endsWith('.woff2'))
    .map(({ file }) => BASE + file);
  return { pages, fonts };
}

/** @throws Error where Vite built no such chunk */
function chunkOf(manifest: Manifest, key: string): ManifestChunk {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`${VITE_MANIFEST} has no ${key}`);
  return chunk;
}

const stylesOf = ({ file, css = [] }: ManifestChunk): string[] =>
  file.endsWith('.css') ? [file, ...css] : css;

/** The chunks that one imports, directly or not. */
function importsOf(manifest: Manifest, { imports = [] }: ManifestChunk): ManifestChunk[] {
  return imports.flatMap((key) => {
    const chunk = chunkOf(manifest, key);
    return [chunk, ...importsOf(manifest, chunk)];
  });
}

const mapValues = <T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
