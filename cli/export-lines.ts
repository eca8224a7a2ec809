import { writePiecesAtomically } from '../node/files.ts';
import type { Terminal } from './terminal.ts';

/**
 * Writes values as lines of JSON: to a file, whole or not at all, or to standard output.
 *
 * @param out the file
 * @param counted says what a file holds by its number of lines, such as `runs: 3`
 * @throws FileError where the file cannot be written
 */
export async function exportLines(
  values: AsyncIterable<object>,
  out: string | undefined,
  terminal: Terminal,
  counted: (lines: number) => string,
): Promise<void> {
  let count = 0;
  const lines = async function* () {
    for await (const value of values) {
      count++;
      yield `${JSON.stringify(value)}\n`;
    }
  };
  if (out === undefined) {
    for await (const line of lines()) terminal.out(line);
    return;
  }
  await writePiecesAtomically(out, lines());
  terminal.out(`wrote ${out}: ${counted(count)}\n`);
}
