import type { Command } from 'commander';

/** Runs a command-line program. An error is one line on stderr; with `DEBUG` set, its stack follows. */
export async function runProgram(program: Command): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    if (process.env['DEBUG']) console.error(error);
    process.exitCode = 1;
  }
}
