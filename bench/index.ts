import { cpus } from 'node:os';
import build from '../test/support/build.ts';
import { benchBundle } from './bundle.ts';
import { benchColdStart } from './cold-start.ts';
import { printRows, type Row } from './report.ts';
import { benchServing } from './serving.ts';
import { benchTraining } from './training.ts';

/**
 * `npm run bench`: less than a minute. Times depend on the machine; the ratios are
 * of one run and travel. A busy machine disturbs cold starts most.
 */

const BENCHES: Readonly<Record<string, () => Row[] | Promise<Row[]>>> = {
  'Worker bundle': benchBundle,
  'Cold start': benchColdStart,
  Serving: benchServing,
  Training: benchTraining,
};

await build();
console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0].model.trim()}`);
for (const [title, bench] of Object.entries(BENCHES)) {
  console.log(`\n${title}`);
  printRows(await bench());
}
