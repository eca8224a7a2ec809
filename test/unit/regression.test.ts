import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { baselineSchema, type Baseline } from '../../contract/baseline.ts';
import { packBits, unpackBits } from '../../contract/bitset.ts';
import { BaselineError, compareRecordings } from '../../statistics/regression.ts';
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

  it('tell of another file and of latency, and fail for them only where told to', () => {
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
  });

  it('is refused where its bits and counts disagree', () => {
    const baseline = madeBaseline({ outcomes: GOOD });
    expect(baselineSchema.safeParse(baseline).success).toBe(true);
    elementAt(pointsOf(baseline), 0).correct--;
    const refused = baselineSchema.safeParse(baseline);
    expect(refused.error?.issues[0]?.message).toMatch(/^correctBits must be \d+ bits/);
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
