import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { output, run } from './commands.ts';

/** Bytes of a stub variable: more than any object that the library reads of it. */
const VARIABLE_BYTES = 1024;

/**
 * Compiles a library with every symbol of Python that a TensorFlow library refers to, so that it loads
 * into a process without Python. Its C API calls none of the functions; each one aborts.
 *
 * @param library path of the TensorFlow library
 * @param folder where the stub is written
 * @returns file name of the stub
 */
export function compilePythonStub(library: string, folder: string): string {
  const variables = new Set(
    output('readelf', ['-rW', library])
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , type]) => type?.includes('GLOB_DAT'))
      .map(([, , , , symbol]) => symbol),
  );
  const symbols = output('nm', ['-D', '--undefined-only', library])
    .split('\n')
    .map((line) => line.trim().split(/\s+/)[1])
    .filter((symbol) => symbol !== undefined && /^_?Py/.test(symbol));
  const source = symbols.map((symbol) =>
    variables.has(symbol)
      ? `char ${symbol}[${VARIABLE_BYTES}];`
      : `void ${symbol}(void) { abort(); }`,
  );
  const path = join(folder, 'python-stub.c');
  writeFileSync(path, ['#include <stdlib.h>', ...source, ''].join('\n'));
  const name = 'libpython-stub.so';
  run('gcc', ['-shared', '-fPIC', '-w', `-Wl,-soname,${name}`, path, '-o', join(folder, name)]);
  return name;
}
