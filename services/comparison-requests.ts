import { ProblemError, type Client } from '../client/index.ts';
import { unpackBits } from '../contract/bitset.ts';
import type { CompareRequest, CompareResponse } from '../contract/comparisons.ts';
import type { OutcomesEvent } from '../contract/comparison-stream.ts';
import { API_LIMITS } from '../contract/limits.ts';
import type { ModelOutcomes } from '../statistics/paired-comparison.ts';
import { endOfRange, planSelected, RANGE, resultOf, type ComparisonPlan } from './comparison.ts';
import { selectModels, type SelectedModel } from './selected-models.ts';

/** Most queries of one request, in whole ranges. */
const MOST_QUERIES = Math.floor(API_LIMITS.queriesPerCount / RANGE) * RANGE;

/** What one request asks: one model, with one number of objects. */
interface Cell {
  readonly model: SelectedModel;
  readonly objects: number;
}

/**
 * A comparison of any length by a server, in requests that it accepts. Each ends where a range ends, so that the server
 * runs the batches that one request for all would run.
 *
 * @param onProgress called with the share that is done, 0 to 1
 * @throws ProblemError where the server refuses a request
 * @throws Error where a model changed meanwhile
 */
export async function compareByRequests(
  client: Pick<Client, 'model' | 'compareStream'>,
  request: CompareRequest,
  onProgress: (done: number) => void = () => undefined,
): Promise<CompareResponse> {
  const plan = planSelected(
    await selectModels({ card: (reference) => client.model(reference) }, request.models),
    request,
  );
  const cells = plan.models.length * request.objects.length;
  const outcomes: ModelOutcomes[] = [];
  for (const model of plan.models) {
    const byObjects: ModelOutcomes['byObjects'][number][] = [];
    for (const objects of request.objects) {
      const before = outcomes.length * request.objects.length + byObjects.length;
      const correct = await askCell(client, plan, { model, objects }, (done) => {
        onProgress((before + done) / cells);
      });
      byObjects.push({ objects, correct });
    }
    outcomes.push({ model: model.reference, byObjects });
  }
  return resultOf(plan, outcomes);
}

async function askCell(
  client: Pick<Client, 'compareStream'>,
  plan: ComparisonPlan,
  cell: Cell,
  onProgress: (done: number) => void,
): Promise<boolean[]> {
  const { start: first, queries } = plan.request;
  const last = first + queries;
  const correct: boolean[] = [];
  for (let size = MOST_QUERIES; correct.length < queries;) {
    const start = first + correct.length;
    const end = Math.min(last, endOfRange(start) - RANGE + size);
    try {
      for await (const outcomes of askRange(client, plan, cell, start, end)) {
        correct.push(...outcomes);
        onProgress(correct.length / queries);
      }
    } catch (error) {
      const tooMuch = error instanceof ProblemError && error.kind === 'too-much-work';
      if (!tooMuch || size === RANGE) throw error;
      size = Math.max(RANGE, Math.floor(size / 2 / RANGE) * RANGE);
    }
  }
  return correct;
}

/** One request. @throws ProblemError also where the comparison fails after its start */
async function* askRange(
  client: Pick<Client, 'compareStream'>,
  { request, vocabulary }: ComparisonPlan,
  { model, objects }: Cell,
  start: number,
  end: number,
): AsyncGenerator<boolean[]> {
  // The server would use what this model knows, but a comparison uses what all of its models know.
  const models = [model.reference];
  const asked = { models, objects: [objects], start, queries: end - start, byPosition: undefined };
  const part = { ...request, ...vocabulary, ...asked };
  for await (const event of client.compareStream(part)) {
    if (event.event === 'problem') throw new ProblemError(event.problem);
    if (event.event === 'outcomes') yield outcomesOf(event);
    else requireSame(model, event.result.digests[model.reference]);
  }
}

function outcomesOf({ start, end, models }: OutcomesEvent): boolean[] {
  const bits = models[0]?.byObjects[0]?.correct ?? '';
  const outcomes = unpackBits(bits, end - start);
  if (outcomes) return outcomes;
  throw new Error(`the server sent no outcomes of the queries from ${start} up to ${end}`);
}

function requireSame({ reference, card }: SelectedModel, digest: string | undefined): void {
  if (digest === card.files.model.sha256) return;
  throw new Error(`the file of model "${reference}" changed during the comparison: start it again`);
}
