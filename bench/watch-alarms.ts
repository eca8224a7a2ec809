import { packBits } from '../contract/bitset.ts';
import { NEW_STATUS, observe } from '../services/watches/watch-state.ts';
import { compareRecordings } from '../statistics/regression.ts';
import { proportion } from '../statistics/intervals.ts';
import { RandomStream } from '../task/random.ts';
import { madeBaseline, madeRecording, type Outcomes } from '../harness/recordings.ts';

/**
 * How often a watch of an unchanged model alarms in a month of hourly runs: `npx tsx bench/watch-alarms.ts`. Queries
 * and tolerances are those of `bindscope baseline` for one model on one kind of query. Each query has a chance of its
 * own to be answered rightly.
 */

const OBJECTS = [2, 4, 8, 9, 12, 16, 24];
const QUERIES = 200;
const RUNS = 30 * 24;

/**
 * Of 6,400 answers none changed between two runtimes (docs/checks.md), so that with 95 % confidence fewer than this
 * share does.
 */
const ROUNDING = 3 / 6400;

/** Outcomes of queries by their chances. */
const drawn = (draw: RandomStream): Outcomes =>
  Object.fromEntries(
    OBJECTS.map((count) => [
      count,
      Array.from({ length: QUERIES }, () => draw.uniform() < draw.uniform()),
    ]),
  );

const flipped = (before: Outcomes, share: number, draw: RandomStream): Outcomes =>
  Object.fromEntries(
    Object.entries(before).map(([count, correct]) => [
      count,
      correct.map((one) => (draw.uniform() < share ? !one : one)),
    ]),
  );

interface Design {
  readonly name: string;
  readonly watches: number;
  /** What the unchanged model answers in a run. */
  readonly now: (before: Outcomes, draw: RandomStream) => Outcomes;
}

const DESIGNS: readonly Design[] = [
  { name: 'the queries of the baseline', watches: 1000, now: (before) => before },
  {
    name: `the same, where other roundings flip ${(100 * ROUNDING).toFixed(3)} % of the answers anew in each run`,
    watches: 10,
    now: (before, draw) => flipped(before, ROUNDING, draw),
  },
  { name: 'fresh queries in each run', watches: 40, now: (_, draw) => drawn(draw) },
];

/** Equal outcomes have equal verdicts: each is compared once. */
function verdictsOf(before: Outcomes) {
  const baseline = madeBaseline({ outcomes: before });
  const known = new Map<string, boolean>();
  return (after: Outcomes): boolean => {
    const key = Object.values(after).map(packBits).join(' ');
    const isRegressed =
      known.get(key) ??
      compareRecordings(baseline, madeRecording({ outcomes: after })).verdict === 'regression';
    known.set(key, isRegressed);
    return isRegressed;
  };
}

function simulate({ watches, now }: Design) {
  let [alarmed, anyFailed, failed, runs] = [0, 0, 0, 0];
  for (let watch = 0; watch < watches; watch++) {
    const draw = new RandomStream([0xa1a3, watch, 0, 0]);
    const before = drawn(draw);
    const isRegressed = verdictsOf(before);
    let status = NEW_STATUS;
    let [alarms, failures] = [0, 0];
    for (let run = 0; run < RUNS; run++) {
      const outcome = isRegressed(now(before, draw)) ? 'regressed' : 'passing';
      if (outcome === 'regressed') failures++;
      const next = observe(status, outcome, String(run));
      status = next.status;
      if (next.change?.to === 'regressed') alarms++;
    }
    if (alarms > 0) alarmed++;
    if (failures > 0) anyFailed++;
    failed += failures;
    runs += RUNS;
  }
  return { alarmed, anyFailed, failed, runs };
}

const share = (count: number, of: number) => {
  const { accuracy, interval } = proportion(count, of);
  const percent = (value: number) => `${(100 * value).toFixed(2)} %`;
  return `${count} of ${of}, ${percent(accuracy)} (95 %: ${interval.map(percent).join(' to ')})`;
};

for (const design of DESIGNS) {
  const { alarmed, anyFailed, failed, runs } = simulate(design);
  console.log(design.name);
  console.log(`  watches that alarm in ${RUNS} runs: ${share(alarmed, design.watches)}`);
  console.log(`  watches that would without two in a row: ${share(anyFailed, design.watches)}`);
  console.log(`  runs that find a regression: ${share(failed, runs)}`);
}
