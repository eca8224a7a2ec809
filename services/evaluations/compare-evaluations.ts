import type { PairedComparison } from '../../contract/comparisons.ts';
import type { EvaluationResource } from '../../contract/evaluations.ts';
import { parseModelReference } from '../../contract/model-reference.ts';
import { compareOutcomes, type ModelOutcomes } from '../../statistics/paired-comparison.ts';
import { invalidPart, ServiceError } from '../service-error.ts';
import { joinParts, mergeParts } from './evaluation-parts.ts';
import type { EvaluationStore } from './evaluation-store.ts';

/**
 * Compares the models of two evaluations by their kept outcomes; no model runs. A model file that is in both is
 * taken once.
 *
 * @throws ServiceError where one is unknown or not done, or they have other queries
 */
export async function compareEvaluations(
  store: EvaluationStore,
  a: string,
  b: string,
): Promise<PairedComparison> {
  const [first, second] = await Promise.all([finished(store, a), finished(store, b)]);
  requireSameQueries(first, second);
  const outcomes = [
    ...named(first, joinParts((await mergeParts(store.parts(a))).parts)),
    ...named(second, joinParts((await mergeParts(store.parts(b))).parts)),
  ];
  const byName = new Map(outcomes.map((one) => [one.model, one]));
  return compareOutcomes([...byName.values()]);
}

async function finished(store: EvaluationStore, id: string): Promise<EvaluationResource> {
  const evaluation = await store.get(id);
  if (evaluation.state === 'done') return evaluation;
  const detail = `evaluation ${id} is ${evaluation.state}, not done`;
  throw new ServiceError('evaluation-unfinished', detail);
}

function requireSameQueries(a: EvaluationResource, b: EvaluationResource): void {
  const [first, second] = [a, b].map(({ result }) => Object.entries(result?.queries ?? {}));
  const other = new Map(second);
  const different = (first ?? [])
    .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(other.get(name)))
    .map(([name]) => name);
  if (different.length === 0) return;
  const detail = `the evaluations must have the same queries; they differ in ${different.join(', ')}`;
  throw invalidPart('query.b', detail);
}

/** Names models by id and digest: the same alias may select other files at another time. */
const named = ({ digests }: EvaluationResource, outcomes: readonly ModelOutcomes[]) =>
  outcomes.map(({ model, byObjects }) => ({
    model: `${parseModelReference(model).id}@${(digests[model] ?? '').slice(0, 12)}`,
    byObjects,
  }));
