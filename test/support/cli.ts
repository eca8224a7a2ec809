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
