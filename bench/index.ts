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
const chosen = Object.entries(BENCHES).filter(
  ([title]) => asked.length === 0 || asked.includes(title),
);
if (chosen.some(([title]) => title !== 'Training')) await build();
const processors = cpus();
console.log(
  `Node ${process.version}, ${processors.length} x ${processors[0]?.model.trim() ?? '?'}`,
);
for (const [title, bench] of chosen) {
  console.log(`\n${title}`);
  printRows(await bench());
}
