import { run } from './program.ts';

const stop = new AbortController();
process.once('SIGINT', () => {
  stop.abort(new Error('interrupted'));
});

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  env: process.env,
  signal: stop.signal,
});
