import { scheduler } from 'node:timers/promises';
import { evaluationResourceSchema } from '../contract/evaluations.ts';
import { read, WRITE_TOKEN, type RunningWorker } from './worker.ts';

/** Runs a short evaluation to its end. @returns its id */
export async function evaluate(worker: RunningWorker, model: string): Promise<string> {
  const started = await worker.fetch('/v1/evaluations', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${WRITE_TOKEN}` },
    body: JSON.stringify({ models: [model], objects: [3], queries: 2 }),
  });
  let evaluation = await read(started, evaluationResourceSchema);
  while (evaluation.state !== 'done') {
    if (evaluation.state === 'failed')
      throw new Error(`the evaluation failed: ${evaluation.error}`);
    await scheduler.wait(50);
    const response = await worker.fetch(`/v1/evaluations/${evaluation.id}`);
    evaluation = await read(response, evaluationResourceSchema);
  }
  return evaluation.id;
}
