import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import build from '../harness/build.ts';
import { compareResults, parseResult } from './against.ts';
import { BUNDLE_RUNS, benchBundle } from './bundle.ts';
import { benchColdStart, COLD_START_RUNS } from './cold-start.ts';
import { DOCUMENT, PUBLISHED, writePublished } from './published.ts';
import { load, machine, versions } from './machine.ts';
import { printRows } from './report.ts';
import { machineLine, comparisonRows, figureRows } from './result-text.ts';
import type { BenchResult, Figure, Part } from './result.ts';
import { benchServing, SERVING_RUNS } from './serving.ts';
import { benchGrowth, GROWTH_RUNS, type Drawn } from './growth.ts';
import { benchTraining, TRAINING_RUNS } from './training.ts';

const HELP = `npm run bench -- [part...] [options]

  --json FILE      write the results as JSON, after each part
  --continue FILE  take the parts that FILE has from it, and measure the others
  --against FILE   compare with earlier results; ends with 1 where something became worse
  --publish        write ${PUBLISHED} and ${DOCUMENT}
  --smoke          one turn of everything, to show that it runs; the figures mean nothing
  --turns N        turns of every part, instead of 7 to 11
  --seed N         the seed of the first turn; by default another one each time`;

interface Bench {
  readonly runs: string;
  /** Turns on a quiet machine. */
  readonly turns: number;
  readonly measure: (turns: number, seed: number) => Figure[] | Promise<Figure[]>;
  readonly draw?: (smoke: boolean, seed: number) => Promise<Drawn>;
}

const BENCHES: Readonly<Record<string, Bench>> = {
  'Worker bundle': { runs: BUNDLE_RUNS, turns: 1, measure: benchBundle },
  'Cold start': { runs: COLD_START_RUNS, turns: 7, measure: benchColdStart },
  Serving: { runs: SERVING_RUNS, turns: 11, measure: benchServing },
  Growth: { runs: GROWTH_RUNS, turns: 1, measure: () => [], draw: benchGrowth },
  Training: { runs: TRAINING_RUNS, turns: 9, measure: benchTraining },
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      continue: { type: 'string' },
      against: { type: 'string' },
      publish: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      turns: { type: 'string' },
      seed: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const unknown = positionals.find((title) => !(title in BENCHES));
  if (unknown !== undefined) {
    throw new Error(`there is no part ${unknown}; there are ${Object.keys(BENCHES).join(', ')}`);
  }
  if (values.publish && (values.smoke || positionals.length > 0)) {
    throw new Error('--publish needs all parts, and no --smoke');
  }
  const { against } = values;
  const before =
    against === undefined ? undefined : parseResult(readFileSync(against, 'utf8'), against);
  const { json } = values;
  const earlier = values.continue === undefined ? {} : finishedParts(values.continue);
  const result = await measure(positionals, {
    smoke: values.smoke,
    turns: values.smoke ? 1 : wholeNumber('--turns', values.turns, 1, 100),
    // Far below the largest seed, as each turn adds to it.
    seed: wholeNumber('--seed', values.seed, 0, 1e9) ?? Date.now() % 1e9,
    earlier,
    keep: (sofar) => {
      if (json !== undefined) writeFileSync(json, `${JSON.stringify(sofar, null, 2)}\n`);
    },
  });
  const faults = Object.entries(result.parts).flatMap(([title, part]) =>
    (part.faults ?? []).map((fault) => `${title}: ${fault}`),
  );
  if (values.publish && faults.length === 0) await writePublished(result);
  if (before) report(before, result);
  if (faults.length > 0) throw new Error(['', ...faults].join('\n'));
}

/** The parts of earlier results that have no faults. */
function finishedParts(file: string): BenchResult['parts'] {
  const earlier = parseResult(readFileSync(file, 'utf8'), file);
  const { parts } = earlier;
  // The load may differ.
  const described = [{ ...earlier.machine, load: undefined }, earlier.versions];
  if (!isDeepStrictEqual(described, [{ ...machine(), load: undefined }, versions()])) {
    throw new Error(`${file} was measured on another machine, or with other versions`);
  }
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => !part.faults?.length));
}

function wholeNumber(option: string, text: string | undefined, from: number, to: number) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  throw new Error(`${option} must be a whole number from ${from} to ${to}, not "${text}"`);
}

interface Measuring {
  readonly smoke: boolean;
  readonly turns: number | undefined;
  readonly seed: number;
  /** Parts that are not measured again. */
  readonly earlier: BenchResult['parts'];
  /** Called after each part with all results until then. */
  readonly keep: (result: BenchResult) => void;
}

/** Measures the parts and prints each as soon as it is done. A part that fails does not keep others from being measured. */
async function measure(titles: readonly string[], options: Measuring): Promise<BenchResult> {
  const chosen = Object.entries(BENCHES).filter(
    ([title]) => titles.length === 0 || titles.includes(title),
  );
  if (chosen.some(([title]) => title !== 'Training')) await build();
  const before = load();
  const described: Pick<BenchResult, 'machine' | 'versions'> = {
    machine: { ...machine(), load: [before, before] },
    versions: versions(),
  };
  console.log(machineLine(described));
  const parts: BenchResult['parts'] = {};
  const resultNow = (): BenchResult => ({
    schema: 1,
    created: new Date().toISOString(),
    smoke: options.smoke,
    seed: options.seed,
    machine: { ...described.machine, load: [before, load()] },
    versions: described.versions,
    parts,
  });
  for (const [title, bench] of chosen) {
    console.log(`\n${title}: ${bench.runs}`);
    const part = options.earlier[title] ?? (await measurePart(bench, options));
    parts[title] = part;
    const rows = figureRows(part);
    if (rows.length > 0) printRows(rows);
    for (const fault of part.faults ?? []) console.error(fault);
    options.keep(resultNow());
  }
  return resultNow();
}

async function measurePart(bench: Bench, { smoke, turns, seed }: Measuring): Promise<Part> {
  try {
    const figures = await bench.measure(turns ?? bench.turns, seed);
    const drawn = await bench.draw?.(smoke, seed);
    return { runs: bench.runs, figures, ...drawn };
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    return { runs: bench.runs, figures: [], faults: [fault] };
  }
}

function report(before: BenchResult, now: BenchResult): void {
  const { compared, sameMachine, skipped } = compareResults(before, now);
  console.log(`\nAgainst the results of ${before.created}`);
  if (!sameMachine) {
    console.log(`on another machine or Node: ${skipped} times, rates and sizes are not compared`);
  }
  if (compared.length > 0) printRows(comparisonRows(compared));
  if (compared.some(({ verdict }) => verdict === 'worse')) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
