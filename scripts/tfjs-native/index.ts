import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Argument, Command } from 'commander';
import { z } from 'zod';
import { readJson, writeAtomically } from '../../node/files.ts';
import { runProgram } from '../../node/run-program.ts';
import { TENSORFLOW_PACKAGE } from '../../node/tensorflow.ts';
import { buildBinding } from './build.ts';
import { BUILD_NAMES, BUILDS, downloadSize, type Build, type BuildName } from './builds.ts';
import { run } from './commands.ts';

/** `npm run tfjs-native`: TensorFlow.js on native TensorFlow, for the training engine `tfjs-gpu`. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const VERSION = '4.22.0';
const TARGET = join(ROOT, 'node_modules', TENSORFLOW_PACKAGE);
const WORK = join(ROOT, 'node_modules', '.cache', 'tfjs-native');
/** Records which build is in the package. */
const RECORD = join(TARGET, 'deps', 'bindscope-build.json');

/** Where the install script of the npm package downloads TensorFlow from. */
const STOCK_LIBRARY =
  'https://storage.googleapis.com/tensorflow/libtensorflow/libtensorflow-gpu-linux-x86_64-2.9.1.tar.gz';

const recordSchema = z.object({ build: z.string() });
const checkSchema = z.object({ version: z.string(), device: z.enum(['cpu', 'gpu']) });

interface Options {
  /** False with `--no-stock`. */
  readonly stock: boolean;
}

async function install(name: BuildName, { stock }: Options): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `this command is for Linux on x86-64, not for ${process.platform} on ${process.arch}; ` +
        `elsewhere: npm install --no-save --save-prod ${TENSORFLOW_PACKAGE}@${VERSION}`,
    );
  }
  const build: Build = BUILDS[name];
  if (recordedBuild() === name && report(name)) return;
  installPackage();
  if (stock && build.tensorflow === '2.9.1' && (await stockIsReachable()) && installStock()) {
    record(name);
    if (report(name)) return;
    console.log('the stock installation does not load; building it from PyPI instead');
  }
  console.log(
    `${name}: ${build.description}. It needs ${build.requires}.\n` +
      `Downloads ${megabytes(downloadSize(build))} from PyPI:`,
  );
  for (const wheel of build.wheels) {
    console.log(`  ${wheel.name} ${wheel.version}, ${megabytes(wheel.bytes)}`);
  }
  mkdirSync(WORK, { recursive: true });
  buildBinding(build, TARGET, WORK);
  record(name);
  if (!report(name)) throw new Error('the build does not load, see above');
}

function recordedBuild(): string | undefined {
  return existsSync(RECORD) ? readJson(RECORD, recordSchema).build : undefined;
}

function record(build: BuildName): void {
  writeAtomically(RECORD, `${JSON.stringify({ build })}\n`);
}

/** Without its install script, and without a change of package.json. */
function installPackage(): void {
  const manifest = join(TARGET, 'package.json');
  const installed = existsSync(manifest)
    ? readJson(manifest, z.object({ version: z.string() })).version
    : undefined;
  if (installed === VERSION) return;
  // npm 11 installs nothing without --save-prod: the package is an optional peer dependency.
  const flags = ['--no-save', '--save-prod', '--ignore-scripts'];
  run('npm', ['install', '--prefix', ROOT, ...flags, `${TENSORFLOW_PACKAGE}@${VERSION}`]);
}

async function stockIsReachable(): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(5000);
    return (await fetch(STOCK_LIBRARY, { method: 'HEAD', signal })).ok;
  } catch {
    console.log(`${new URL(STOCK_LIBRARY).host} is not reachable: no stock installation`);
    return false;
  }
}

/** Runs the install script of the npm package. @returns whether it succeeded */
function installStock(): boolean {
  const bin = [join(TARGET, 'node_modules', '.bin'), join(ROOT, 'node_modules', '.bin')];
  const { status } = spawnSync('node', ['scripts/install.js', 'gpu', 'download'], {
    cwd: TARGET,
    stdio: 'inherit',
    env: { ...process.env, PATH: [...bin, process.env['PATH'] ?? ''].join(':') },
  });
  return status === 0 && existsSync(join(TARGET, 'deps'));
}

/** Loads the build in a process of its own and prints what it is. @returns whether it loads */
function report(name: BuildName): boolean {
  const check = fileURLToPath(new URL('check.ts', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', check], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) {
    console.error(stderr.trim());
    return false;
  }
  const { version, device } = checkSchema.parse(JSON.parse(stdout));
  console.log(`${TENSORFLOW_PACKAGE} ${VERSION} runs on TensorFlow ${version}, device ${device}`);
  if (BUILDS[name].device === 'gpu' && device === 'cpu') {
    console.log(
      `warning: TensorFlow found no GPU that it can use; it needs ${BUILDS[name].requires}`,
    );
  }
  return true;
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`;

const builds = BUILD_NAMES.map((name) => `${name}: ${BUILDS[name].description}`).join('\n  ');
const program = new Command('tfjs-native')
  .description(
    `Install TensorFlow.js on native TensorFlow, for the training engine tfjs-gpu.\n\nBuilds:\n  ${builds}`,
  )
  .addArgument(new Argument('[build]', 'which build').choices(BUILD_NAMES).default('cpu'))
  .option('--no-stock', 'do not try the installation of the npm package first')
  .showHelpAfterError('(--help lists what is allowed)')
  .action((name: BuildName, options: Options) => install(name, options));

await runProgram(program);
