import js from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/**
 * Which folder may import which, lowest layers first; a folder may always import itself. Packages are
 * not restricted here. `docs/architecture.md` draws the same.
 */
const LAYERS = {
  // Pure: no files, no network, no Node.
  task: [],
  onnx: [],
  contract: ['task'],
  statistics: ['task', 'contract'],
  inference: ['task', 'contract', 'statistics', 'onnx'],
  probes: ['task', 'contract', 'statistics', 'onnx', 'inference'],
  plots: ['task', 'contract', 'statistics'],
  client: ['contract'],
  huggingface: ['task', 'contract', 'statistics', 'onnx'],
  // The product.
  services: [
    ...['task', 'contract', 'statistics', 'onnx', 'inference', 'probes', 'huggingface'],
    'client',
  ],
  site: ['task', 'contract', 'statistics', 'onnx', 'inference', 'probes', 'plots', 'client'],
  worker: [
    ...['task', 'contract', 'statistics', 'onnx', 'inference', 'probes', 'plots'],
    ...['services', 'site', 'dist'],
  ],
  // On Node alone.
  node: ['task', 'contract', 'statistics', 'onnx', 'inference'],
  cli: [
    ...['task', 'contract', 'statistics', 'onnx', 'inference', 'probes', 'plots'],
    ...['services', 'client', 'huggingface', 'node', 'measurement'],
  ],
  measurement: ['task', 'contract', 'statistics', 'onnx', 'inference', 'probes', 'plots', 'node'],
  trainer: [
    ...['task', 'contract', 'statistics', 'onnx', 'inference', 'probes', 'plots', 'node'],
    'measurement',
  ],
  reports: [
    ...['task', 'contract', 'statistics', 'onnx', 'inference', 'probes', 'plots', 'node'],
    ...['measurement', 'trainer'],
  ],
  // Builds `dist/`, from what the bundles contain.
  build: ['task', 'contract', 'statistics', 'plots', 'node'],
};

/** One zone a folder: what it may not import. */
const zones = Object.entries(LAYERS).map(([folder, allowed]) => ({
  target: `./${folder}`,
  from: './',
  except: [folder, ...allowed, 'node_modules', 'package.json'].map((path) => `./${path}`),
  message: `${folder}/ may import ${allowed.join(', ') || 'nothing'} (LAYERS in eslint.config.js).`,
}));

/** What tests, benchmarks and commands are made of is not for the product. */
const productZone = {
  target: Object.keys(LAYERS).map((folder) => `./${folder}`),
  from: ['./test', './bench', './scripts', './harness'],
};

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      'dist/',
      'runs/',
      'coverage/',
      '.wrangler/',
      'worker/env.d.ts',
      'cli/bindscope.js',
      'examples/site/',
      'test/fixtures/openapi-client/',
      'site/server.js',
      '*.config.js',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    plugins: { 'import-x': importX },
    settings: {
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] },
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.tsx', '.js'] })],
    },
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      'import-x/no-restricted-paths': ['error', { zones: [...zones, productZone] }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
    },
  },
);
