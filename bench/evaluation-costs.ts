import { parseArgs } from 'node:util';
import { evaluationResourceSchema, type EvaluationResource } from '../contract/evaluations.ts';
import { SHIPPED_DIRECTORY } from '../build/paths.ts';
import { read, startWorker, withEvaluations, WRITE_TOKEN } from '../harness/worker.ts';
import { heldMegabytes } from './heap.ts';
import { load, machine, versions } from './machine.ts';
import { cpuSeconds, peakMegabytes, workerdProcess } from './process.ts';

/**
 * How the cost of an evaluation grows with its queries: `npx tsx bench/evaluation-costs.ts`. One model, 8 objects. Each
 * evaluation runs in a workerd of its own, which has computed one of `--warm` queries before. CPU time is that of all threads
 * of workerd: the model, the workflow engine, the database, and a request for the progress every second.
 */

const POINTS = [1000, 3000, 10_000, 30_000, 100_000];
const { values } = parseArgs({
  options: {
    turns: { type: 'string', default: '2' },
    points: { type: 'string' },
    warm: { type: 'string', default: '96' },
  },
});
const points = values.points?.split(',').map(Number) ?? POINTS;

interface Cost {
  readonly queries: number;
  readonly parts: number;
  readonly cpu: number;
  readonly wall: number;
  /** Megabytes that the isolate holds after it, and the most that workerd ever had. */
  readonly held: number;
  readonly peak: number;
}

async function costOf(queries: number, seed: number): Promise<Cost> {
  const worker = await startWorker(SHIPPED_DIRECTORY, { ...withEvaluations(), inspectorPort: 0 });
  try {
    await worker.migrate();
    const pid = workerdProcess();
    const evaluate = async (request: object) => {
      const response = await worker.fetch('/v1/evaluations', {
        method: 'POST',
        headers: { authorization: `Bearer ${WRITE_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ models: ['text-only'], objects: [8], ...request }),
      });
      let evaluation: EvaluationResource = await read(response, evaluationResourceSchema);
      while (evaluation.state !== 'done') {
        if (evaluation.error !== null) throw new Error(evaluation.error);
        await new Promise((resolve) => setTimeout(resolve, 1000));
        const path = `/v1/evaluations/${evaluation.id}`;
        evaluation = await read(await worker.fetch(path), evaluationResourceSchema);
      }
      return evaluation;
    };
    await evaluate({ queries: Number(values.warm), seed: seed + 1 });
    const before = cpuSeconds(pid);
    const began = performance.now();
    const { progress, created, finished } = await evaluate({ queries, seed });
    const asked = (performance.now() - began) / 1000;
    return {
      ...{ queries, parts: progress.total, cpu: cpuSeconds(pid) - before },
      wall: finished === null ? asked : (Date.parse(finished) - Date.parse(created)) / 1000,
      held: await heldMegabytes(await worker.inspector(), pid),
      peak: peakMegabytes(pid),
    };
  } finally {
    await worker.stop();
  }
}

console.log(JSON.stringify({ ...machine(), ...versions() }));
const columns = ['queries', 'parts', 'CPU s', 'CPU ms a query', 'wall s', 'wall ms a query'];
console.log([...columns, 'held MB', 'peak MB', 'load'].join('\t'));
for (let turn = 0; turn < Number(values.turns); turn++) {
  // Up and down, so that a machine that gets busier does not look like growth.
  for (const queries of turn % 2 === 0 ? points : points.toReversed()) {
    const { parts, cpu, wall, held, peak } = await costOf(queries, 1000 * (turn + 1));
    const times = [cpu, wall].flatMap((seconds) => [
      seconds.toFixed(2),
      ((1000 * seconds) / queries).toFixed(3),
    ]);
    console.log([queries, parts, ...times, held.toFixed(0), peak.toFixed(0), load()].join('\t'));
  }
}
