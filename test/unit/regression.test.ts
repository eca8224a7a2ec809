import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { baselineSchema, type Baseline } from '../../contract/baseline.ts';
import { packBits, unpackBits } from '../../contract/bitset.ts';
import { BaselineError } from '../../statistics/recording.ts';
import { compareRecordings } from '../../statistics/regression.ts';
import { describeIssues } from '../../contract/schema-issues.ts';
import { annotations, summary } from '../../cli/report/github.ts';
import { equalModels, madeBaseline, madeRecording, outcomes } from '../../harness/recordings.ts';
import { elementAt } from '../../task/element-at.ts';

/** Figures by number of objects: a made baseline has one model and one condition. */
const pointsOf = ({ models }: Baseline) => models[0]?.conditions[0]?.byObjects ?? [];

const GOOD = { 4: outcomes(200, 0), 9: outcomes(100, 100) };

/** Compares with a baseline; both are made. */
const compare = (
  before: Parameters<typeof madeBaseline>[0],
  after: Parameters<typeof madeBaseline>[0],
) => compareRecordings(madeBaseline(before), madeRecording(after));

describe('two recordings', () => {
  it('of the same answers pass', () => {
    const report = compare({ outcomes: GOOD }, { outcomes: GOOD });
    expect(report).toMatchObject({ verdict: 'pass', flips: [], findings: [] });
    expect(report.tests.map(({ metric, objects }) => [metric, objects])).toEqual([
      ['objects', 4],
      ['objects', 9],
    ]);
  });

  it('list every changed answer by the name of its query', () => {
    const { flips } = compare(
      { outcomes: { 4: [true, false, true] } },
      { outcomes: { 4: [true, true, false] } },
    );
    expect(flips).toEqual([
      {
        model: 'made',
        query: 'test.text.context.indirect.n4.v40-40-32.z0.g6.s0.i1.q0',
        before: false,
        after: true,
        answer: 'apple',
      },
      expect.objectContaining({ before: true, after: false }),
    ]);
  });

  it('test one number of objects, and a range only where it has several', () => {
    const three = { 2: outcomes(9, 1), 4: outcomes(8, 2), 9: outcomes(5, 5) };
    const { tests } = compare({ outcomes: three }, { outcomes: three });
    expect(tests.map(({ metric, objects, before }) => [metric, objects, before.count])).toEqual([
      ['objects', 2, 10],
      ['objects', 4, 10],
      ['objects', 9, 10],
      ['id', null, 20],
    ]);
  });

  it('fail where a loss is both significant and large enough', () => {
    const worse = (broken: number) => ({ 4: outcomes(200 - broken, broken), 9: GOOD[9] });
    const verdict = (broken: number, tolerances = {}) =>
      compare({ outcomes: GOOD, tolerances }, { outcomes: worse(broken) }).tests[0]?.verdict;
    // 6 of 6 changed answers broken: p = 2 / 64, twice that after Holm's correction for two tests.
    expect(verdict(0)).toBe('same');
    expect(verdict(6)).toBe('changed');
    expect(verdict(7)).toBe('regressed');
    expect(verdict(7, { alpha: 0.01 })).toBe('changed');
    expect(verdict(7, { minimumEffect: 0.05 })).toBe('changed');
    expect(verdict(10, { minimumEffect: 0.05 })).toBe('regressed');
  });

  it('pass what is better', () => {
    const report = compare({ outcomes: GOOD }, { outcomes: { ...GOOD, 9: outcomes(150, 50) } });
    expect(report.verdict).toBe('pass');
    expect(report.tests[1]?.verdict).toBe('improved');
  });

  it('fail where the symbolic share falls, and not where it rises', () => {
    const fallen = compare({ outcomes: GOOD, symbolic: 60 }, { outcomes: GOOD, symbolic: 30 });
    expect(fallen.verdict).toBe('regression');
    expect(fallen.tests.at(-1)).toMatchObject({ metric: 'symbolic', verdict: 'regressed' });
    expect(fallen.findings[0]?.message).toContain(
      'was symbolic and is now positional: 34 positional',
    );
    const risen = compare({ outcomes: GOOD, symbolic: 0 }, { outcomes: GOOD, symbolic: 40 });
    expect(risen.verdict).toBe('pass');
    const little = compare({ outcomes: GOOD, symbolic: 60 }, { outcomes: GOOD, symbolic: 50 });
    expect(little.verdict).toBe('pass');
  });

  it('report another file and latency, and fail for them only with digests: fail and latencyRatio', () => {
    const after = { outcomes: GOOD, digest: '1', p50: 25 };
    const report = compare({ outcomes: GOOD }, after);
    expect(report.verdict).toBe('pass');
    expect(report.findings.map(({ kind, level }) => [kind, level])).toEqual([['digest', 'notice']]);
    const strict = compare({ outcomes: GOOD, tolerances: { latencyRatio: 2 } }, after);
    expect(strict.verdict).toBe('regression');
    expect(strict.findings[1]).toMatchObject({ kind: 'latency', level: 'failure' });
    expect(strict.findings[1]?.message).toContain('2.50 times as long');
    const pinned = compare({ outcomes: GOOD, tolerances: { digests: 'fail' } }, after);
    expect(pinned.verdict).toBe('regression');
  });

  it('of other queries are not compared', () => {
    const other = madeRecording({ outcomes: GOOD });
    elementAt(pointsOf(other.figures), 1).queries = '1'.repeat(16);
    expect(() => compareRecordings(madeBaseline({ outcomes: GOOD }), other)).toThrow(BaselineError);
    expect(() => compareRecordings(madeBaseline({ outcomes: GOOD }), other)).toThrow('9 objects');
  });
});

describe('a check that cannot see enough', () => {
  it('is insufficient where five of five lost answers give p = 0.0625', () => {
    const five = (broken: number) => ({ 8: outcomes(5 - broken, broken) });
    for (const broken of [0, 3, 5]) {
      const report = compare({ outcomes: five(0) }, { outcomes: five(broken) });
      expect(report.verdict).toBe('insufficient');
      expect(report.tests).toMatchObject([{ verdict: 'insufficient', detectableLoss: null }]);
      expect(report.findings).toMatchObject([{ kind: 'cannot-fail', level: 'insufficient' }]);
      // 2 / 2^6 is at most 5 %.
      expect(report.findings[0]?.message).toBe(
        'made on text, in order: the loss of all correct answers would by itself not fail at p <= 0.05: ' +
          '8 objects (5 of 5 before); --queries 6 would be enough',
      );
    }
    const six = compare({ outcomes: { 8: outcomes(6, 0) } }, { outcomes: { 8: outcomes(0, 6) } });
    expect(six.verdict).toBe('regression');
  });

  it('is insufficient where too few answers were correct, unless all together can fail', () => {
    // At p <= 0.05 / 3, seven lost answers fail.
    const alone = { 4: outcomes(100, 0), 9: outcomes(5, 95) };
    expect(compare({ outcomes: alone }, { outcomes: alone }).verdict).toBe('insufficient');
    const pooled = { ...alone, 12: outcomes(5, 95) };
    const report = compare({ outcomes: pooled }, { outcomes: pooled });
    expect(report.verdict).toBe('pass');
    expect(report.tests.map(({ verdict }) => verdict)).toEqual([
      'same',
      'insufficient',
      'insufficient',
      'same',
    ]);
  });

  it('fails also where a loss is significant only beside others', () => {
    // Two tests: five lost answers are p = 0.0625, six are 0.031, above 0.05 / 2 and not above 0.05.
    const before = { 4: outcomes(6, 0), 9: outcomes(100, 0) };
    const alone = compare({ outcomes: before }, { outcomes: { ...before, 4: outcomes(0, 6) } });
    expect(alone.tests[0]?.verdict).toBe('insufficient');
    const both = { 4: outcomes(0, 6), 9: outcomes(50, 50) };
    expect(compare({ outcomes: before }, { outcomes: both }).tests[0]?.verdict).toBe('regressed');
  });

  it('shows the smallest loss, as golden values of SciPy have it, at the flip rate seen', () => {
    // Six of six: 0.8 ^ (1 / 6).
    const [six] = compare(
      { outcomes: { 8: outcomes(6, 0) } },
      { outcomes: { 8: outcomes(6, 0) } },
    ).tests;
    expect(six?.detectableLoss).toBeCloseTo(0.8 ** (1 / 6), 3);
    const before = { 9: outcomes(100, 100) };
    const swapped = { 9: [...outcomes(90, 10), ...outcomes(10, 90)] };
    const steady = compare({ outcomes: before }, { outcomes: before }).tests[0];
    const flipping = compare({ outcomes: before }, { outcomes: swapped }).tests[0];
    expect(flipping).toMatchObject({ regressed: 10, fixed: 10, flipRate: 0.05 });
    expect(flipping?.detectableLoss).toBeGreaterThan(steady?.detectableLoss ?? 1);
  });

  it('is insufficient below the loss that is asked for, and says how many queries detect it', () => {
    const made = (count: number) => ({ outcomes: { 4: outcomes(count, 0) } });
    const verdictOf = (count: number, minimumDetectable: number) =>
      compareRecordings(madeBaseline(made(count)), madeRecording(made(count)), {
        minimumDetectable,
      });
    expect(verdictOf(200, 0.05).verdict).toBe('pass');
    const report = verdictOf(200, 0.03);
    expect(report.verdict).toBe('insufficient');
    const [, needed] =
      /--queries (\d+) would be enough/.exec(report.findings[0]?.message ?? '') ?? [];
    expect(verdictOf(Number(needed), 0.03).verdict).toBe('pass');
    expect(verdictOf(Number(needed) - 1, 0.03).verdict).toBe('insufficient');
    // No number of queries sees a loss that the tolerances ignore.
    const ignored = verdictOf(200, 0.01).findings[0]?.message;
    expect(ignored).toContain('no allowed number of queries would be enough');
    expect(ignored).toContain('minimumEffect ignores losses of less than 2.0 %');
  });

  it('still fails where something is worse', () => {
    const before = { 4: outcomes(200, 0), 9: outcomes(3, 197) };
    const after = { 4: outcomes(100, 100), 9: outcomes(3, 197) };
    expect(compare({ outcomes: before }, { outcomes: after }).verdict).toBe('regression');
  });

  it('is refused where it compares nothing', () => {
    const empty = { ...madeBaseline({ outcomes: GOOD }), models: [] };
    expect(() => compareRecordings(empty, madeRecording({ outcomes: GOOD }))).toThrow(
      'nothing was compared',
    );
  });
});

describe('an old baseline', () => {
  const checkedAt = (recorded: string, code = madeBaseline({ outcomes: GOOD }).code) => {
    const recording = madeRecording({ outcomes: GOOD });
    const figures = { ...recording.figures, recorded, ...(code && { code }) };
    return compareRecordings(madeBaseline({ outcomes: GOOD }), { ...recording, figures });
  };
  it.each([
    ['2026-04-01T00:00:00Z', []],
    [
      '2026-04-02T00:00:00Z',
      ['the baseline is 91 days old; after a look at this report, --update'],
    ],
    [
      '2025-12-01T00:00:00Z',
      ['the baseline was recorded at 2026-01-01T00:00:00Z, which is in the'],
    ],
  ])('at %s', (now, messages) => {
    const { verdict, findings } = checkedAt(now);
    expect(verdict).toBe('pass');
    expect(findings).toHaveLength(messages.length);
    for (const [at, message] of messages.entries())
      expect(findings[at]?.message).toContain(message);
  });

  it('of other code is called so', () => {
    const other = checkedAt('2026-01-02T00:00:00Z', { version: '0.2.0', commit: null });
    // An installed package of this version may be of this commit.
    const installed = checkedAt('2026-01-02T00:00:00Z', { version: '0.1.0', commit: null });
    expect(installed.findings).toEqual([]);
    const next = { version: '0.1.0', commit: 'cd'.repeat(20) };
    expect(checkedAt('2026-01-02T00:00:00Z', next).findings).toHaveLength(1);
    expect(other.findings).toMatchObject([
      {
        level: 'notice',
        kind: 'baseline-code',
        message: 'bindscope 0.1.0 (abababababab) recorded the baseline, and this is 0.2.0',
      },
    ]);
  });
});

describe('false alarms', () => {
  const OBJECTS = [2, 4, 8, 9, 12, 16];
  const RUNS = 400;

  it('are no more frequent than alpha among models that are equally good but not the same', () => {
    const alpha = 0.2;
    // Without a minimum effect, so that the tests alone have to hold the rate.
    const tolerances = { alpha, minimumEffect: 0 };
    const share = (flagged: boolean[]) => flagged.filter(Boolean).length / RUNS;
    const reports = Array.from({ length: RUNS }, (_, run) => {
      const { before, after } = equalModels(run, OBJECTS, 100);
      return compare({ outcomes: before, tolerances }, { outcomes: after });
    });
    const either = ({ tests }: (typeof reports)[number]) =>
      tests.some(({ verdict }) => verdict === 'regressed' || verdict === 'improved');
    expect(share(reports.map(either))).toBeLessThanOrEqual(alpha);
    expect(share(reports.map(({ verdict }) => verdict === 'regression'))).toBeLessThanOrEqual(
      alpha / 2,
    );
    // Uncorrected, the same tests would cry wolf far more often: the simulation can fail.
    const raw = reports.map(({ tests }) => tests.some(({ pValue }) => pValue <= alpha));
    expect(share(raw)).toBeGreaterThan(2 * alpha);
  });
});

describe('a baseline file', () => {
  it('keeps any answers in bits', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 70 }), (right) => {
        expect(unpackBits(packBits(right), right.length)).toEqual(right);
      }),
    );
    expect(unpackBits(packBits(outcomes(8, 0)), 9)).toBeUndefined();
    for (const text of ['', '!', 'A', '\u00ef']) expect(unpackBits(text, 8)).toBeUndefined();
  });

  it('is refused where its bits and counts disagree', () => {
    const baseline = madeBaseline({ outcomes: GOOD });
    expect(baselineSchema.safeParse(baseline).success).toBe(true);
    elementAt(pointsOf(baseline), 0).correct--;
    const refused = baselineSchema.safeParse(baseline);
    expect(refused.error?.issues[0]?.message).toMatch(/^correctBits must be \d+ bits/);
  });
});

describe('a baseline with faults', () => {
  /** All faults of a baseline after a change, as they are printed. */
  const faultsOf = (change: (baseline: Baseline) => unknown) => {
    const parsed = baselineSchema.safeParse(change(madeBaseline({ outcomes: GOOD, symbolic: 60 })));
    return parsed.error ? describeIssues(parsed.error).split('; ') : [];
  };
  const condition = (baseline: Baseline) => elementAt(elementAt(baseline.models, 0).conditions, 0);

  it('is valid without them', () => {
    expect(faultsOf((baseline) => baseline)).toEqual([]);
  });

  it.each<[string, (baseline: Baseline) => unknown, string[]]>([
    [
      'no models',
      (baseline) => ({ ...baseline, models: [] }),
      ['models: models must have at least 1 entry'],
    ],
    [
      'a model twice, and an unknown key, both named',
      (baseline) => ({
        ...baseline,
        models: [...baseline.models, ...baseline.models],
        tolerances: { ...baseline.tolerances, alfa: 1 },
        extra: 1,
      }),
      [
        'tolerances.alfa: there is no such key',
        'extra: there is no such key',
        'models.1.id: must not repeat made',
      ],
    ],
    [
      'a kind of query twice',
      (baseline) => {
        elementAt(baseline.models, 0).conditions.push(condition(baseline));
        return baseline;
      },
      ['models.0.conditions.1: must not repeat text, context'],
    ],
    [
      'a number of objects twice',
      (baseline) => {
        const { byObjects } = condition(baseline);
        byObjects.push(elementAt(byObjects, 0));
        return baseline;
      },
      [
        'models.0.conditions.0.byObjects.2.objects: must not repeat 4',
        'models.0.conditions.0.id: must be the sum of its numbers of objects, 400 of 400',
      ],
    ],
    [
      'another plan than was recorded',
      (baseline) => ({
        ...baseline,
        plan: { ...baseline.plan, objects: [4, 12], queries: 100, pairs: 0, requests: 1 },
      }),
      [
        'models.0.latency.requests: must be that of the plan, 1',
        'models.0.conditions.0.byObjects.0.count: must be the queries of the plan, 100',
        'models.0.conditions.0.byObjects.1.objects: must be one of the plan: 4, 12',
        'models.0.conditions.0.byObjects.1.count: must be the queries of the plan, 100',
        'models.0.conditions.0.byObjects: the plan also has 12 objects',
        'models.0.conditions.0.mechanism.pairs: must be those of the plan, 0',
      ],
    ],
    [
      'shares that are not those of its points',
      (baseline) => {
        const { id, ood, mechanism } = condition(baseline);
        if (id) id.correct--;
        if (ood) ood.accuracy = 0.9;
        if (mechanism) mechanism.symbolic = 64;
        return baseline;
      },
      [
        'models.0.conditions.0.id: must be the sum of its numbers of objects, 200 of 200',
        'models.0.conditions.0.ood.accuracy: must be 100 / 200',
        'models.0.conditions.0.mechanism: positional and symbolic together must be at most solved',
      ],
    ],
  ])('%s', (_, change, faults) => {
    expect(faultsOf(change)).toEqual(faults);
  });
});

describe('on GitHub', () => {
  const report = compare(
    { outcomes: GOOD },
    { outcomes: { ...GOOD, 4: outcomes(150, 50) }, digest: '1' },
  );

  it('a regression is an annotation whose special characters are escaped', () => {
    expect(annotations(report)).toMatch(
      /^::notice title=bindscope::model\.onnx .*\n::error title=bindscope::made on text, in order, 4 objects: 100 %25 \(200\/200\), now 75 %25/,
    );
  });

  it('the summary has a table and the changed answers', () => {
    const markdown = summary(report);
    expect(markdown).toContain('## bindscope: regression');
    expect(markdown).toContain('| made | text, in order | 4 objects | 100 % (200/200) |');
    expect(markdown).toContain('<summary>50 changed answers</summary>');
  });
});
