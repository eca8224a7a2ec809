import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { Build, Wheel } from './builds.ts';
import { requireCommands, run } from './commands.ts';
import { compilePythonStub } from './python-stub.ts';

/**
 * Compiles the binding of TensorFlow.js against the TensorFlow of PyPI and puts both into the npm package.
 *
 * @param target folder of the npm package
 * @param work folder for downloads and intermediate files; wheels in it are used again
 */
export function buildBinding(build: Build, target: string, work: string): void {
  requireCommands([
    'python3',
    'unzip',
    'g++',
    ...(build.needsPython ? ['gcc', 'nm', 'readelf'] : []),
  ]);
  const wheels = join(work, 'wheels');
  const unpacked = join(work, 'unpacked');
  const staged = join(work, 'staged');
  for (const folder of [unpacked, staged]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(wheels, { recursive: true });
  download(build.wheels, wheels);
  for (const wheel of build.wheels) {
    run('unzip', ['-q', '-o', wheelPath(wheel, wheels), ...wheel.files, '-d', unpacked]);
  }
  compile(build, target, unpacked, staged);
  for (const folder of ['deps', 'lib']) {
    rmSync(join(target, folder), { recursive: true, force: true });
    renameSync(join(staged, folder), join(target, folder));
  }
  rmSync(work, { recursive: true });
}

/** pip checks the sums, also of wheels that are already there. */
function download(wheels: readonly Wheel[], folder: string): void {
  const requirements = join(folder, 'requirements.txt');
  const lines = wheels.map(
    ({ name, version, sha256 }) => `${name}==${version} --hash=sha256:${sha256}\n`,
  );
  writeFileSync(requirements, lines.join(''));
  run('python3', [
    ...['-m', 'pip', 'download', '--no-deps', '--require-hashes', '--only-binary=:all:'],
    ...['--python-version', '3.10', '--implementation', 'cp'],
    ...['--platform', 'manylinux2014_x86_64', '--platform', 'manylinux_2_17_x86_64'],
    ...['--dest', folder, '--requirement', requirements],
  ]);
}

function wheelPath({ name, version }: Wheel, folder: string): string {
  const prefix = `${name.replaceAll('-', '_')}-${version}-`;
  const file = readdirSync(folder).find((entry) => entry.startsWith(prefix));
  if (file === undefined) throw new Error(`pip has written no wheel ${prefix}*.whl to ${folder}`);
  return join(folder, file);
}

/** Writes the folders `deps` and `lib` of the npm package. */
function compile(build: Build, target: string, unpacked: string, staged: string): void {
  const libraries = join(staged, 'deps', 'lib');
  // The name of Node-API's version 8, which Node 18 and later have.
  const module = join(staged, 'lib', 'napi-v8');
  mkdirSync(libraries, { recursive: true });
  mkdirSync(module, { recursive: true });
  const names = [build.library, 'tensorflow/libtensorflow_framework.so.2'].map((path) => {
    renameSync(join(unpacked, path), join(libraries, basename(path)));
    return basename(path);
  });
  // TensorFlow's libraries look for those of CUDA in ../nvidia.
  const cuda = join(unpacked, 'nvidia');
  if (existsSync(cuda)) renameSync(cuda, join(staged, 'deps', 'nvidia'));
  const stub = build.needsPython
    ? [compilePythonStub(join(libraries, basename(build.library)), libraries)]
    : [];
  const sources = join(target, 'binding');
  run('g++', [
    ...['-shared', '-fPIC', '-O2', '-std=c++17', '-DNAPI_VERSION=8'],
    ...['-I', nodeHeaders(), '-I', join(unpacked, 'tensorflow', 'include')],
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(sources, file)),
    ...['-o', join(module, 'tfjs_binding.node')],
    ...['-Wl,--no-as-needed', '-Wl,--allow-shlib-undefined', '-L', libraries],
    ...[...stub, ...names].map((name) => `-l:${name}`),
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
  ]);
}

const nodeHeaders = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json')), 'include');
