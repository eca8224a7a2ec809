import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { filesIn } from '../../build/files.ts';
import { buildPackage } from '../../build/package.ts';
import { FIXTURES_DIRECTORY, PACKAGE_DIRECTORY, ROOT } from '../../build/paths.ts';
import { startWorker, type RunningWorker } from '../../harness/worker.ts';
import { startProcess } from '../support/cli.ts';

/** The npm package in the project of a user, installed from what npm would upload; without network. */

/** The versions of Node that run it: those of `.ci/run`, or else only this one. */
const NODES = process.env['PACKAGE_NODES']?.split(delimiter) ?? [process.execPath];

const MEGABYTE = 1_000_000;
const packedSchema = z.tuple([
  z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }),
]);
const resultSchema = z.strictObject({
  models: z.array(z.string()),
  served: z.string(),
  generated: z.string(),
  png: z.string(),
  problem: z.string(),
});

/** Uses every module of the package. */
const PROGRAM = `
import { createClient, ProblemError, type Client } from 'bindscope';
import { querySchema, type CompareResponse } from 'bindscope/contract';
import { generateQuery, parseQueryName, picturePng, readablePrompt, renderPicture } from 'bindscope/task';

export async function main(url: string) {
  const client: Client = createClient({ url });
  const models: string[] = (await client.models()).map(({ id }) => id);
  const [served] = await client.queries({ objects: 9, count: 1 });
  const { name, text } = querySchema.parse(served);
  const png = picturePng(renderPicture([{ colour: 0, shape: 0, row: 0, column: 0 }], 1));
  const problem = await compare(client).catch((error: unknown) => error);
  return {
    models,
    served: text,
    generated: readablePrompt(generateQuery(parseQueryName(name)).prompt),
    png: String.fromCharCode(...png.slice(1, 4)),
    problem: problem instanceof ProblemError ? problem.problem.type : 'no problem',
  };
}

const compare = (client: Client): Promise<CompareResponse> =>
  client.compare({ models: ['no-such-model'] });

// @ts-expect-error A model is a string: the client is typed.
export const mistyped = (client: Client) => client.compare({ models: [1] });
`;

const FILES = {
  'package.json': { name: 'user', private: true, type: 'module' },
  'tsconfig.json': {
    // Declarations are checked, too, and nothing of Node is known.
    compilerOptions: {
      target: 'es2022',
      module: 'nodenext',
      strict: true,
      skipLibCheck: false,
      types: [],
    },
    include: ['*.ts'],
  },
  'program.ts': PROGRAM,
  'run.js': `import { main } from './program.js';\nconsole.log(JSON.stringify(await main(process.argv[2])));\n`,
};

const EXAMPLE = /^```ts\n(.*?)^```/gms;

const project = mkdtempSync(join(tmpdir(), 'bindscope-package-'));
const BIN = 'node_modules/.bin/bindscope';
let worker: RunningWorker;
let packed: string[];
let downloaded: number;

/** Runs a program in the project, which must succeed. */
async function succeed(command: string, ...args: string[]): Promise<string> {
  const { code, out, err } = await startProcess(project, command, args);
  expect({ code, output: code === 0 ? '' : out + err }).toEqual({ code: 0, output: '' });
  return out;
}

/** Packs a folder into the project. */
async function pack(folder: string) {
  const out = await succeed('npm', 'pack', folder, '--json', '--ignore-scripts');
  const [{ filename, files }] = packedSchema.parse(JSON.parse(out));
  return { filename, files: files.map(({ path }) => path) };
}

beforeAll(async () => {
  for (const [name, content] of Object.entries(FILES)) {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(join(project, name), text);
  }
  // The examples of the documentation have to compile, too.
  const documentation = readFileSync(join(ROOT, 'docs/package.md'), 'utf8');
  for (const [index, [, code = '']] of [...documentation.matchAll(EXAMPLE)].entries()) {
    writeFileSync(join(project, `example-${index}.ts`), code);
  }
  worker = await startWorker(FIXTURES_DIRECTORY);
  await buildPackage();
  const [own, zod] = [await pack(PACKAGE_DIRECTORY), await pack(join(ROOT, 'node_modules/zod'))];
  packed = own.files;
  const archives = [own, zod].map(({ filename }) => filename);
  downloaded = archives.reduce((sum, name) => sum + statSync(join(project, name)).size, 0);
  await succeed(
    'npm',
    'install',
    '--offline',
    '--no-audit',
    ...archives.map((name) => `./${name}`),
  );
});
afterAll(async () => {
  await worker.stop();
  rmSync(project, { recursive: true });
});

describe('the package', () => {
  it('is less than 2 MB to download and 15 MB installed, with its dependencies', () => {
    expect(downloaded).toBeLessThan(2 * MEGABYTE);
    const files = filesIn(join(project, 'node_modules'));
    // Files take whole blocks of 4 KiB on a disk.
    const bytes = files.reduce(
      (sum, file) => sum + 4096 * Math.ceil(statSync(file).size / 4096),
      0,
    );
    expect(bytes).toBeLessThan(15 * MEGABYTE);
    expect(files.some((file) => file.includes('onnxruntime'))).toBe(false);
  });

  it('has code, declarations and their licences, but no models, tests, results or sources', () => {
    expect(packed).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'THIRD-PARTY-LICENSES.txt']),
    );
    const others = packed.filter(
      (path) =>
        !/^(cli|client|contract|task|task\/language|shared)\/[\w-]+(\.d\.ts|\.js)$/.test(path),
    );
    expect(others.sort()).toEqual([
      'LICENSE',
      'README.md',
      'THIRD-PARTY-LICENSES.txt',
      'package.json',
    ]);
  });

  it('has types that a strict project compiles with', async () => {
    await succeed(process.execPath, join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.');
  });

  it.each(NODES)('runs on %s: client, task and contract', async (node) => {
    const result = resultSchema.parse(JSON.parse(await succeed(node, 'run.js', worker.url.href)));
    expect(result.models).toContain('fixture-text');
    expect(result.served).toMatch(/^[\w-]+ [\w-]+ /);
    expect(result).toMatchObject({ generated: result.served, png: 'PNG' });
    expect(result.problem).toBe('/problems/unknown-model');
  });

  it.each(NODES)('runs on %s: the command line', async (node) => {
    const url = ['--url', worker.url.href];
    const plan = '--models fixture-text --objects 4 --queries 8 --pairs 0 --requests 1'.split(' ');
    const asked = await succeed(
      node,
      BIN,
      'ask',
      ...url,
      '--model',
      'fixture-text',
      '--objects',
      '4',
    );
    expect(asked).toContain('fixture-text');
    // The miniature model has no correct answer to lose, so the verdict is insufficient.
    const recorded = await startProcess(project, node, [BIN, 'baseline', ...url, ...plan]);
    expect(recorded).toMatchObject({ code: 3, err: '' });
    const checked = await startProcess(project, node, [BIN, 'check', ...url]);
    expect(checked).toMatchObject({ code: 3, err: '' });
    expect(checked.out).toContain('INSUFFICIENT: ');
    expect(await succeed(node, BIN, '--version')).toBe(`${rootVersion()}\n`);
  });

  it('says what to install for models of a folder', async () => {
    const args = [BIN, 'baseline', '--models-dir', FIXTURES_DIRECTORY];
    const result = await startProcess(project, process.execPath, args);
    expect(result).toEqual({
      code: 2,
      out: '',
      err: 'error: running models on this machine needs ONNX Runtime: npm install onnxruntime-node\n',
    });
  });
});

const rootVersion = () =>
  z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))).version;
