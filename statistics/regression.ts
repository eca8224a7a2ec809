import type {
  Baseline,
  RecordedCondition,
  RecordedModel,
  RecordedPoint,
  Tolerances,
} from '../contract/baseline.ts';
import { unpackBits } from '../contract/bitset.ts';
import type { CheckReport, Finding, Flip, RegressionTest } from '../contract/regression.ts';
import { queryName } from '../task/query.ts';
import { LIMITS, parseSpec } from '../task/spec.ts';
import { paired } from './paired-comparison.ts';
import { queryPlaces } from '../inference/evaluate.ts';
import { findingsOf } from './regression-findings.ts';
import { fisherExact, holm } from './proportions.ts';

/** What a deployment did when it was asked a baseline's queries again. */
export interface Recording {
  readonly figures: Baseline;
  /** What became of models that could not be asked, or not all that they were asked before. */
  readonly failures: readonly Finding[];
  /** The answer to a query by model and name. */
  readonly answerTo: (model: string, query: string) => string;
}

/** Figures that cannot be compared, such as of other queries. */
export class BaselineError extends Error {
  override readonly name = 'BaselineError';
}

/**
 * Compares what a deployment does with what it did.
 *
 * Every number of objects, and all up to 8 and beyond together, are paired tests of the same queries;
 * the share of symbolic outcomes is one of two shares. Only what is significant after Holm's
 * correction over all of them, and at least the minimum effect, is a regression.
 *
 * @throws BaselineError where the two were not asked the same
 */
export function compareRecordings(before: Baseline, recording: Recording): CheckReport {
  const after = recording.figures;
  const both = before.models.flatMap((model) => {
    const now = after.models.find(({ id }) => id === model.id);
    return now ? [[model, now] as const] : [];
  });
  const compared = both.flatMap(([model, now]) => compareModels(before, model, now, recording));
  const tests = judge(
    compared.flatMap(({ tests }) => tests),
    before.tolerances,
  );
  const findings = [
    ...recording.failures,
    ...both.flatMap(([model, now]) => findingsOf(model, now, before.tolerances)),
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

/** A test before all tests together are judged. */
type Untested = Omit<RegressionTest, 'adjustedPValue' | 'verdict'>;

interface Compared {
  readonly tests: readonly Untested[];
  readonly flips: readonly Flip[];
}

function compareModels(
  { plan }: Baseline,
  before: RecordedModel,
  after: RecordedModel,
  { answerTo }: Recording,
): Compared[] {
  return before.conditions.flatMap((condition) => {
    const now = after.conditions.find(
      ({ modality, order }) => modality === condition.modality && order === condition.order,
    );
    if (!now) return [];
    const { modality, order } = condition;
    const points = condition.byObjects.map((point) => pairPoints(before.id, point, now));
    const test = (rest: Omit<Untested, 'model' | 'modality' | 'order'>): Untested => ({
      model: before.id,
      modality,
      order,
      ...rest,
    });
    const pooled = (metric: 'id' | 'ood', inside: boolean) => {
      const some = points.filter(({ objects }) => objects <= LIMITS.inDistribution === inside);
      // Of one number of objects, this would be the same test again.
      if (some.length < 2) return [];
      const all = (pick: (point: PairedPoint) => readonly boolean[]) => some.flatMap(pick);
      return [
        test(
          pairedTest(
            metric,
            null,
            all((p) => p.before),
            all((p) => p.after),
          ),
        ),
      ];
    };
    const flips = points.flatMap(({ objects, before: then, after: today }): Flip[] => {
      const { vocabulary, grid } = before;
      const spec = parseSpec({ modality, order, objects, vocabulary, grid });
      return queryPlaces(objects, then.length, plan.questionsPerScene).flatMap((place, query) => {
        if (then[query] === today[query]) return [];
        const name = queryName({ spec, seed: plan.seed, ...place });
        const answer = answerTo(before.id, name);
        return [
          { model: before.id, query: name, before: then[query], after: today[query], answer },
        ];
      });
    });
    const tests = [
      ...points.map((point) =>
        test(pairedTest('objects', point.objects, point.before, point.after)),
      ),
      ...pooled('id', true),
      ...pooled('ood', false),
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
      `the queries of ${point.objects} objects (${modality}) are not those that the baseline asked ` +
        `"${model}": the generator of queries is another; record a new baseline`,
    );
  }
  return { objects: point.objects, before: outcomesOf(point), after: outcomesOf(now) };
}

/** The schema has seen to it that there are as many bits as queries. */
const outcomesOf = ({ correctBits, count }: RecordedPoint) => unpackBits(correctBits, count) ?? [];

function pairedTest(
  metric: RegressionTest['metric'],
  objects: number | null,
  before: readonly boolean[],
  after: readonly boolean[],
) {
  const { count, both, onlyA, onlyB, pValue } = paired(before, after);
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

/** Of pairs that only one of the two solves nothing is known, so where either solves none, no test. */
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

function judge(tests: readonly Untested[], tolerances: Tolerances): RegressionTest[] {
  const adjusted = holm(tests.map(({ pValue }) => pValue));
  return tests.map((test, place) => ({
    ...test,
    adjustedPValue: adjusted[place],
    verdict: verdictOf(test, adjusted[place], tolerances),
  }));
}

function verdictOf(
  { metric, difference, regressed, fixed }: Untested,
  adjustedPValue: number,
  { alpha, minimumEffect, minimumShift }: Tolerances,
): RegressionTest['verdict'] {
  const least = metric === 'symbolic' ? minimumShift : minimumEffect;
  if (adjustedPValue <= alpha && Math.abs(difference) >= least && difference !== 0) {
    return difference < 0 ? 'regressed' : 'improved';
  }
  return difference === 0 && !regressed && !fixed ? 'same' : 'changed';
}
