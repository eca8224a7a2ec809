import { parseArgs } from 'node:util';
import build from '../harness/build.ts';
import { fuzz } from '../harness/fuzz.ts';
import { startWorker, withEvaluations, WITH_REGISTRY } from '../harness/worker.ts';

/** `npm run fuzz -- --requests 50000 --seed 7`: the test of the same name, for as long as you like. */

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '20000' }, seed: { type: 'string' } },
});
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
await build();
const worker = await startWorker(undefined, { ...WITH_REGISTRY, ...withEvaluations() });
let sent = 0;
try {
  const onRequest = () => {
    sent += 1;
    if (sent % 1000 === 0) console.log(`${sent} requests`);
  };
  const requests = Number(values.requests);
  const statuses = await fuzz(worker, { seed, requests, timeLimit: 3_600_000, onRequest });
  console.log(`seed ${seed}: ${sent} requests, all answered as documented`);
  for (const [operation, counts] of statuses) {
    const shown = Array.from(counts).sort(([a], [b]) => a - b);
    console.log(`${operation}: ${shown.map(([s, n]) => `${n} x ${s}`).join(', ')}`);
  }
} finally {
  await worker.stop();
}
