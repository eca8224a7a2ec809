import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { buildOnce } from './once.ts';
import { filesIn } from './files.ts';
import { PACKAGE_DIRECTORY, ROOT } from './paths.ts';

/**
 * Builds the npm package in `dist/package`: the command line and the modules below as ESM, with
 * declarations. Other packages are bundled, except those that a user imports beside it.
 */

/** What can be imported, by the name after `bindscope`. */
const MODULES = { '.': 'client/index', './task': 'task/index', './contract': 'contract/index' };

/** Its schemas and types are part of ours, so the user and we need the same copy. */
const DEPENDENCIES = ['zod'];

/** Only commands that run the models of a folder need one of them. */
const OPTIONAL_PEERS = ['onnxruntime-node', 'onnxruntime-web'];

/** What the package is made of. */
const SOURCES = [
  ...['task', 'contract', 'onnx', 'huggingface', 'statistics', 'inference', 'probes', 'plots'],
  ...['services', 'client', 'node', 'measurement', 'cli', 'build'],
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'LICENSE', 'docs/package.md'],
];

const BUNDLE: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  outdir: PACKAGE_DIRECTORY,
  outbase: ROOT,
  external: [...DEPENDENCIES, ...OPTIONAL_PEERS],
  legalComments: 'none',
  logLevel: 'warning',
};

/** Builds the package unless it was built from the same sources before. */
export const buildPackage = () => buildOnce('package', SOURCES, bundlePackage);

async function bundlePackage(): Promise<void> {
  rmSync(PACKAGE_DIRECTORY, { recursive: true, force: true });
  // Modules run in browsers, too, and share what they have in common.
  const modules = await build({
    ...BUNDLE,
    entryPoints: Object.values(MODULES).map((path) => `${path}.ts`),
    platform: 'browser',
    splitting: true,
    chunkNames: 'shared/[hash]',
    metafile: true,
  });
  const command = await build({
    ...BUNDLE,
    entryPoints: { 'cli/bindscope': 'cli/main.ts' },
    platform: 'node',
    metafile: true,
    // Bundled CommonJS packages load modules of Node with `require`.
    banner: {
      js: [
        '#!/usr/bin/env node',
        "import { createRequire as createRequireOfNode } from 'node:module';",
        'const require = createRequireOfNode(import.meta.url);',
      ].join('\n'),
    },
  });
  const inputs = [modules, command].flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const unknown = inputs.find(
    (path) => !['node_modules', ...SOURCES].includes(path.split('/')[0] ?? ''),
  );
  if (unknown !== undefined) throw new Error(`SOURCES of build/package.ts lacks ${unknown}`);
  writeDeclarations();
  write('package.json', `${JSON.stringify(manifest(), null, 2)}\n`);
  write('THIRD-PARTY-LICENSES.txt', licenses(inputs));
  cpSync(join(ROOT, 'LICENSE'), join(PACKAGE_DIRECTORY, 'LICENSE'));
  cpSync(join(ROOT, 'docs/package.md'), join(PACKAGE_DIRECTORY, 'README.md'));
}

/** Declarations of the modules and of all that they import, written by the TypeScript compiler. */
function writeDeclarations(): void {
  const files = Object.values(MODULES).map((path) => join(ROOT, `${path}.ts`));
  const config = join(PACKAGE_DIRECTORY, 'tsconfig.json');
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: ROOT,
    outDir: PACKAGE_DIRECTORY,
  };
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions,
      include: [],
      exclude: [],
      files,
    }),
  );
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', config],
    { cwd: ROOT, encoding: 'utf8' },
  );
  rmSync(config);
  if (status !== 0) throw new Error(`the declarations of the package cannot be made: ${stdout}`);
  for (const file of filesIn(PACKAGE_DIRECTORY).filter((path) => path.endsWith('.d.ts'))) {
    // Declarations keep the names of sources, as in './errors.ts'.
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replaceAll(/(["']\.{1,2}\/[^"']+)\.ts(["'])/g, '$1.js$2'));
  }
}

interface PackageManifest {
  readonly [field: string]: unknown;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

function manifest() {
  const root = readJson(join(ROOT, 'package.json')) as PackageManifest;
  const versions = { ...root.devDependencies, ...root.dependencies };
  const ranges = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, `^${versions[name] ?? ''}`]));
  const kept = ['name', 'version', 'description', 'license', 'repository', 'type', 'engines'];
  return {
    ...Object.fromEntries(
      kept.filter((field) => field in root).map((field) => [field, root[field]]),
    ),
    bin: { bindscope: 'cli/bindscope.js' },
    exports: {
      ...Object.fromEntries(
        Object.entries(MODULES).map(([name, path]) => [
          name,
          { types: `./${path}.d.ts`, default: `./${path}.js` },
        ]),
      ),
      './package.json': './package.json',
    },
    sideEffects: ['./cli/bindscope.js'],
    dependencies: ranges(DEPENDENCIES),
    peerDependencies: ranges(OPTIONAL_PEERS),
    peerDependenciesMeta: Object.fromEntries(
      OPTIONAL_PEERS.map((name) => [name, { optional: true }]),
    ),
  };
}

/** The licences of the bundled packages, which ask to be copied. */
function licenses(inputs: readonly string[]): string {
  const folders = inputs.map((path) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0]);
  const packages = [...new Set(folders.filter((path) => path !== undefined))].sort();
  return packages
    .map((path) => {
      const folder = join(ROOT, path);
      const { name, version, license } = readJson(join(folder, 'package.json')) as PackageManifest;
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
      return `${String(name)} ${String(version)} (${String(license)})\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

const write = (file: string, text: string) => {
  writeFileSync(join(PACKAGE_DIRECTORY, file), text);
};

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
