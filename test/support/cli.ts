import { spawn } from 'node:child_process';
import { run } from '../../cli/program.ts';

/** Runs the command line in this process. */
export async function bindscope(args: readonly string[], env: Record<string, string> = {}) {
  let [out, err] = ['', ''];
  const code = await run(args, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    env,
  });
  return { code, out, err };
}

/** Runs a program of its own to its end. @param folder where it is started */
export async function startProcess(
  folder: string,
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
) {
  const child = spawn(command, args, { cwd: folder, env: { ...process.env, ...env } });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err };
}
