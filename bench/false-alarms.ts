import { compareRecordings } from '../statistics/regression.ts';
import { proportion } from '../statistics/intervals.ts';
import { equalModels, madeBaseline, madeRecording } from '../harness/recordings.ts';

/**
 * How often a check fails a model that is as good as the baseline's, and not the same:
 * `npx tsx bench/false-alarms.ts`. Tests, queries and tolerances are those of `bindscope baseline`
 * for one model on one kind of query; every chance of a right answer is as frequent as any other.
 */

const OBJECTS = [2, 4, 8, 9, 12, 16, 24];
const QUERIES = 200;
const RUNS = 4000;

const report = (what: string, minimumEffect: number, alarms: number) => {
  const { accuracy, interval } = proportion(alarms, RUNS);
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const range = interval.map(percent).join(' to ');
  console.log(`${what}, least loss ${minimumEffect}: ${percent(accuracy)} (95 %: ${range})`);
};

for (const minimumEffect of [0, 0.02]) {
  let [regressed, flagged, uncorrected] = [0, 0, 0];
  for (let run = 0; run < RUNS; run++) {
    const { before, after } = equalModels(run, OBJECTS, QUERIES);
    const { verdict, tests } = compareRecordings(
      madeBaseline({ outcomes: before, tolerances: { minimumEffect } }),
      madeRecording({ outcomes: after }),
    );
    if (verdict === 'regression') regressed++;
    if (tests.some((test) => test.verdict === 'regressed' || test.verdict === 'improved'))
      flagged++;
    if (tests.some(({ pValue }) => pValue <= 0.05)) uncorrected++;
  }
  report('checks that fail', minimumEffect, regressed);
  report('checks that fail or call something improved', minimumEffect, flagged);
  report('without correction, some p <= 0.05', minimumEffect, uncorrected);
}
