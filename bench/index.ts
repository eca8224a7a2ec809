import { cpus } from 'node:os';
import build from '../harness/build.ts';
import { benchBundle } from './bundle.ts';
import { benchColdStart } from './cold-start.ts';
import { printRows, type Row } from './report.ts';
import { benchServing } from './serving.ts';
import { benchTraining } from './training.ts';

/**
 * `npm run bench`: less than a minute; `npm run bench -- Training` runs one part alone. Times depend
 * on the machine; the ratios are of one run and travel. A busy machine disturbs cold starts most.
 */

const BENCHES: Readonly<Record<string, () => Row[] | Promise<Row[]>>> = {
  'Worker bundle': benchBundle,
  'Cold start': benchColdStart,
  Serving: benchServing,
  Training: benchTraining,
};

const asked = process.argv.slice(2);
const unknown = asked.find((title) => !(title in BENCHES));
if (unknown !== undefined) {
  console.error(`there is no bench ${unknown}; there are ${Object.keys(BENCHES).join(', ')}`);
  process.exit(1);
}
const titles = asked.length > 0 ? asked : Object.keys(BENCHES);
if (titles.some((title) => title !== 'Training')) await build();
console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0].model.trim()}`);
for (const title of titles) {
  console.log(`\n${title}`);
  printRows(await BENCHES[title]());
}
