import { run } from './program.ts';
import { EXIT } from './terminal.ts';

const stop = new AbortController();
process.once('SIGINT', () => {
  stop.abort(new Error('interrupted'));
});

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // A reader such as `head` closes the pipe when it has enough.
    if (error.code !== 'EPIPE')
      process.stderr.write(`error: cannot write the output (${error.code ?? 'unknown reason'})\n`);
    process.exit(EXIT.couldNotRun);
  });
}

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  env: process.env,
  signal: stop.signal,
});
