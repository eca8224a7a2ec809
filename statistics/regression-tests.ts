import type {
  Baseline,
  RecordedCondition,
  RecordedModel,
  RecordedPoint,
} from '../contract/baseline.ts';
import { unpackBits } from '../contract/bitset.ts';
import type { Flip, RegressionTest } from '../contract/regression.ts';
import { elementAt } from '../task/element-at.ts';
import { listQueryIndices } from '../task/query-indices.ts';
import { queryName } from '../task/query.ts';
import { parseSpec, rangeOfObjects } from '../task/spec.ts';
import { fisherExact } from './exact-tests.ts';
import { pairOutcomes } from './paired-comparison.ts';
import { BaselineError, type Recording } from './recording.ts';

/** A test without its verdict, which depends on all tests. */
export type UnadjustedTest = Omit<RegressionTest, 'adjustedPValue' | 'verdict' | 'detectableLoss'>;

export interface ComparedCondition {
  readonly tests: readonly UnadjustedTest[];
  readonly flips: readonly Flip[];
}

/**
 * The tests and the changed answers of one model.
 *
 * @throws BaselineError where the two recordings have different queries
 */
export function compareModels(
  { plan }: Baseline,
  before: RecordedModel,
  after: RecordedModel,
  { answerTo, secondsOf }: Recording,
): ComparedCondition[] {
  return before.conditions.flatMap((condition) => {
    const now = after.conditions.find(
      ({ modality, order }) => modality === condition.modality && order === condition.order,
    );
    if (!now) return [];
    const { modality, order } = condition;
    const points = condition.byObjects.map((point) => pairPoints(before.id, point, now));
    const test = (
      rest: Omit<UnadjustedTest, 'model' | 'modality' | 'order' | 'seconds'>,
    ): UnadjustedTest => ({
      model: before.id,
      modality,
      order,
      ...rest,
      seconds: secondsOf({ model: before.id, modality, order, ...rest }),
    });
    const pooled = (metric: 'id' | 'ood') => {
      const members = points.filter(({ objects }) => rangeOfObjects(objects) === metric);
      // With one number of objects, this would repeat its test.
      if (members.length < 2) return [];
      const beforeAll = members.flatMap((point) => point.before);
      const afterAll = members.flatMap((point) => point.after);
      return [test(pairedTest(metric, null, beforeAll, afterAll))];
    };
    const flips = points.flatMap((point): Flip[] => {
      const { objects } = point;
      const { vocabulary, grid } = before;
      const spec = parseSpec({ modality, order, objects, vocabulary, grid });
      const queries = listQueryIndices(objects, point.before.length, plan.questionsPerScene);
      return queries.flatMap((indices, index) => {
        const correctBefore = elementAt(point.before, index);
        const correctAfter = elementAt(point.after, index);
        if (correctBefore === correctAfter) return [];
        const query = queryName({ spec, seed: plan.seed, ...indices });
        const answer = answerTo(before.id, query);
        return [{ model: before.id, query, before: correctBefore, after: correctAfter, answer }];
      });
    });
    const tests = [
      ...points.map((point) =>
        test(pairedTest('objects', point.objects, point.before, point.after)),
      ),
      ...pooled('id'),
      ...pooled('ood'),
      ...symbolicTest(condition, now).map(test),
    ];
    return [{ tests, flips }];
  });
}

interface PairedPoint {
  readonly objects: number;
  readonly before: readonly boolean[];
  readonly after: readonly boolean[];
}

function pairPoints(
  model: string,
  point: RecordedPoint,
  { modality, byObjects }: RecordedCondition,
): PairedPoint {
  const now = byObjects.find(({ objects }) => objects === point.objects);
  if (now?.queries !== point.queries) {
    throw new BaselineError(
      `the queries with ${point.objects} objects (${modality}) of "${model}" differ from those of the ` +
        `baseline: the query generator has changed; record a new baseline`,
    );
  }
  return { objects: point.objects, before: outcomesOf(point), after: outcomesOf(now) };
}

/** The schema guarantees as many bits as queries. */
const outcomesOf = ({ correctBits, count }: RecordedPoint) => unpackBits(correctBits, count) ?? [];

function pairedTest(
  metric: RegressionTest['metric'],
  objects: number | null,
  before: readonly boolean[],
  after: readonly boolean[],
) {
  const { count, both, onlyA, onlyB, pValue } = pairOutcomes(before, after);
  return {
    metric,
    objects,
    before: { correct: both + onlyA, count },
    after: { correct: both + onlyB, count },
    difference: (onlyB - onlyA) / count,
    regressed: onlyA,
    fixed: onlyB,
    flipRate: Math.min(onlyA, onlyB) / count,
    pValue,
  };
}

/** No test where either side has solved no pair. */
function symbolicTest(
  { mechanism: before }: RecordedCondition,
  { mechanism: after }: RecordedCondition,
) {
  if (!before || !after || before.solved === 0 || after.solved === 0) return [];
  const a = { correct: before.symbolic, count: before.solved };
  const b = { correct: after.symbolic, count: after.solved };
  return [
    {
      metric: 'symbolic' as const,
      objects: before.objects,
      before: a,
      after: b,
      difference: b.correct / b.count - a.correct / a.count,
      regressed: null,
      fixed: null,
      flipRate: null,
      pValue: fisherExact(a, b),
    },
  ];
}
