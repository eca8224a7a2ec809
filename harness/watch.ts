import { scheduler } from 'node:timers/promises';
import { tolerancesSchema, type Baseline } from '../contract/baseline.ts';
import { createdWatchSchema, watchDetailSchema } from '../contract/watches.ts';
import { servedDeployment } from '../services/checks/deployment.ts';
import { newTarget, record } from '../services/checks/record.ts';
import { read, WRITE_TOKEN, type RunningWorker } from './worker.ts';

/** A small baseline of one model on one kind of query. */
export async function recordBaseline(url: string, model: string): Promise<Baseline> {
  const deployment = servedDeployment(url, {});
  const target = await newTarget(deployment, model);
  const recording = await record(
    deployment,
    {
      ...{ split: 'test', seed: 3, objects: [2, 3], queries: 40, questionsPerScene: 1 },
      ...{ pairs: 0, requests: 1 },
    },
    tolerancesSchema.parse({}),
    [{ ...target, conditions: target.conditions.slice(0, 1) }],
    { code: { version: 'test', commit: null } },
  );
  return recording.figures;
}

/** Adds a watch of a model here, and runs it once. @returns the ids of the watch and of its report */
export async function watch(worker: RunningWorker, model: string) {
  const baseline = await recordBaseline(worker.url.href, model);
  const created = await worker.fetch('/v1/watches', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${WRITE_TOKEN}` },
    body: JSON.stringify({ name: model, baseline }),
  });
  const { id } = await read(created, createdWatchSchema);
  await worker.runCron();
  for (;;) {
    const { last } = await read(await worker.fetch(`/v1/watches/${id}`), watchDetailSchema);
    if (last) return { id, report: last.report ?? '' };
    await scheduler.wait(50);
  }
}
