import type {
  Baseline,
  RecordedCondition,
  RecordedModel,
  RecordedPoint,
  Tolerances,
} from '../contract/baseline.ts';
import { unpackBits } from '../contract/bitset.ts';
import type { CheckReport, Finding, Flip, RegressionTest } from '../contract/regression.ts';
import { elementAt } from '../task/element-at.ts';
import { queryName } from '../task/query.ts';
import { LIMITS, parseSpec } from '../task/spec.ts';
import { pairOutcomes } from './paired-comparison.ts';
import { listQueryIndices } from '../task/query-indices.ts';
import { modelFindings } from './regression-findings.ts';
import { fisherExact } from './exact-tests.ts';
import { holm } from './multiple-comparisons.ts';

/** The results of a deployment on the queries of a baseline. */
export interface Recording {
  readonly figures: Baseline;
  /** Models that could not answer some or all of the queries. */
  readonly failures: readonly Finding[];
  /** A model's answer to a query, by the query's name. */
  readonly answerTo: (model: string, query: string) => string;
}

/** A baseline that cannot be used, for example because its queries are different ones. */
export class BaselineError extends Error {
  override readonly name = 'BaselineError';
}

/**
 * Compares the current results of a deployment with a baseline.
 *
 * The accuracy at each number of objects, and pooled in and out of distribution, is compared with
 * McNemar's test on the same queries; the symbolic share with Fisher's test. A change is a regression
 * where it is significant after Holm's correction over all tests and at least the minimum effect.
 *
 * @throws BaselineError where the two have different queries
 */
export function compareRecordings(before: Baseline, recording: Recording): CheckReport {
  const after = recording.figures;
  const both = before.models.flatMap((model) => {
    const now = after.models.find(({ id }) => id === model.id);
    return now ? [[model, now] as const] : [];
  });
  const compared = both.flatMap(([model, now]) => compareModels(before, model, now, recording));
  const tests = addVerdicts(
    compared.flatMap((model) => model.tests),
    before.tolerances,
  );
  const findings = [
    ...recording.failures,
    ...both.flatMap(([model, now]) => modelFindings(model, now, before.tolerances)),
  ];
  const failed =
    findings.some(({ level }) => level === 'failure') ||
    tests.some(({ verdict }) => verdict === 'regressed');
  return {
    schema: 1,
    verdict: failed ? 'regression' : 'pass',
    before: { source: before.source, recorded: before.recorded },
    after: { source: after.source, recorded: after.recorded },
    tolerances: before.tolerances,
    findings,
    tests,
    flips: compared.flatMap(({ flips }) => flips),
    latency: both.map(([{ id, latency }, now]) => {
      return { model: id, before: latency, after: now.latency };
    }),
  };
}

/** A test without its verdict, which depends on all tests. */
type UnadjustedTest = Omit<RegressionTest, 'adjustedPValue' | 'verdict'>;

interface ComparedCondition {
  readonly tests: readonly UnadjustedTest[];
  readonly flips: readonly Flip[];
}

function compareModels(
  { plan }: Baseline,
  before: RecordedModel,
  after: RecordedModel,
  { answerTo }: Recording,
): ComparedCondition[] {
  return before.conditions.flatMap((condition) => {
    const now = after.conditions.find(
      ({ modality, order }) => modality === condition.modality && order === condition.order,
    );
    if (!now) return [];
    const { modality, order } = condition;
    const points = condition.byObjects.map((point) => pairPoints(before.id, point, now));
    const test = (rest: Omit<UnadjustedTest, 'model' | 'modality' | 'order'>): UnadjustedTest => ({
      model: before.id,
      modality,
      order,
      ...rest,
    });
    const pooled = (metric: 'id' | 'ood') => {
      const members = points.filter(
        ({ objects }) => objects <= LIMITS.inDistribution === (metric === 'id'),
      );
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
      pValue: fisherExact(a, b),
    },
  ];
}

function addVerdicts(tests: readonly UnadjustedTest[], tolerances: Tolerances): RegressionTest[] {
  const adjusted = holm(tests.map(({ pValue }) => pValue));
  return tests.map((test, index) => {
    const adjustedPValue = elementAt(adjusted, index);
    return { ...test, adjustedPValue, verdict: verdictOf(test, adjustedPValue, tolerances) };
  });
}

function verdictOf(
  { metric, difference, regressed, fixed }: UnadjustedTest,
  adjustedPValue: number,
  { alpha, minimumEffect, minimumShift }: Tolerances,
): RegressionTest['verdict'] {
  const minimum = metric === 'symbolic' ? minimumShift : minimumEffect;
  if (adjustedPValue <= alpha && Math.abs(difference) >= minimum && difference !== 0) {
    return difference < 0 ? 'regressed' : 'improved';
  }
  return difference === 0 && !regressed && !fixed ? 'same' : 'changed';
}
