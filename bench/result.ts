import { z } from 'zod';
import { elementAt } from '../task/element-at.ts';
import { RandomStream } from '../task/random.ts';

/** What benchmarks measure, and which results cannot be true. */

const UNITS = ['ms', 's', 'x', '%', 'MB', 'answers/s', 'GFLOP/s'] as const;

const figureSchema = z.object({
  what: z.string(),
  unit: z.enum(UNITS),
  /** Median of the rounds. */
  value: z.number(),
  /** First and third quartile of the rounds. */
  quartiles: z.tuple([z.number(), z.number()]),
  /** The 95 % interval of the median, of ratios and shares. */
  interval: z.tuple([z.number(), z.number()]).optional(),
  rounds: z.number().int().min(1),
  better: z.enum(['lower', 'higher']),
  /** The least or largest value that the project aims at, depending on `better`. */
  target: z.number().optional(),
  /** The largest value that can be true. */
  possible: z.number().optional(),
});
export type Figure = z.output<typeof figureSchema>;

const curveSchema = z.object({
  what: z.string(),
  x: z.string(),
  unit: z.enum(UNITS),
  /** Megabytes that the isolate may hold; without it, the benchmark says what it holds and never fails. */
  limit: z.number().optional(),
  /** `memory`: megabytes that the isolate holds after the measurement of the point; `grown`: those of all of workerd. */
  points: z.array(
    z.object({
      x: z.number(),
      value: z.number(),
      memory: z.number().optional(),
      grown: z.number().optional(),
    }),
  ),
});
export type Curve = z.output<typeof curveSchema>;

const partSchema = z.object({
  /** What runs, in a sentence or two. */
  runs: z.string(),
  figures: z.array(figureSchema),
  curves: z.array(curveSchema).optional(),
  /** What could not be measured, or went over a limit. Such a part is not published. */
  faults: z.array(z.string()).optional(),
});
export type Part = z.output<typeof partSchema>;

export const resultSchema = z.object({
  schema: z.literal(1),
  created: z.iso.datetime(),
  /** A smoke test shows that everything runs. Its figures mean nothing. */
  smoke: z.boolean(),
  /** The seed of the first round; each round has another one. */
  seed: z.number().int(),
  machine: z.object({
    processor: z.string(),
    cores: z.number().int(),
    memoryGB: z.number(),
    /** Processes that were running or waiting to run, on average of a minute, at start and end. */
    load: z.tuple([z.number(), z.number()]),
  }),
  versions: z.record(z.string(), z.string()),
  parts: z.record(z.string(), partSchema),
});
export type BenchResult = z.output<typeof resultSchema>;

/** A result that cannot be true: the benchmark does not measure what it says. */
export class ImpossibleResult extends Error {
  override readonly name = 'ImpossibleResult';
}

interface FigureOptions {
  readonly unit: Figure['unit'];
  readonly better: Figure['better'];
  readonly target?: number;
  readonly possible?: number;
}

/**
 * The median and the quartiles of what the rounds measured.
 *
 * @throws ImpossibleResult for a negative or infinite time, a share outside of 0 to 100 %, or a median above
 *   what is possible
 */
export function figureOf(what: string, rounds: readonly number[], options: FigureOptions): Figure {
  const at = quantilesOf(rounds);
  const isRatio = options.unit === 'x' || options.unit === '%';
  const figure = {
    what,
    value: at(0.5),
    quartiles: [at(0.25), at(0.75)],
    ...(isRatio && rounds.length > 1 && { interval: intervalOfMedian(rounds) }),
    rounds: rounds.length,
  };
  const checked = figureSchema.parse({ ...figure, ...options });
  refuseImpossible(checked);
  return checked;
}

/** Quantiles of some values, between the two nearest ones in proportion. */
function quantilesOf(values: readonly number[]): (share: number) => number {
  const sorted = values.toSorted((a, b) => a - b);
  return (share) => {
    const place = share * (sorted.length - 1);
    const lower = elementAt(sorted, Math.floor(place));
    return lower + (place % 1) * (elementAt(sorted, Math.ceil(place)) - lower);
  };
}

const RESAMPLES = 2000;

/**
 * The 95 % percentile interval of the median, by bootstrap over rounds (Efron and Tibshirani, An Introduction to the
 * Bootstrap, chapter 13). The same rounds give the same interval.
 *
 * @param rounds at least one
 */
export function intervalOfMedian(rounds: readonly number[]): [number, number] {
  const random = new RandomStream([0xb007, rounds.length, 0, 0]);
  const medians = Array.from({ length: RESAMPLES }, () =>
    quantilesOf(rounds.map(() => elementAt(rounds, random.below(rounds.length))))(0.5),
  );
  const at = quantilesOf(medians);
  return [at(0.025), at(0.975)];
}

function refuseImpossible({ what, value, unit, possible }: Figure): void {
  const largest = possible ?? (unit === '%' ? 100 : Infinity);
  if (value >= 0 && value <= largest) return;
  const range = largest === Infinity ? 'at least 0' : `0 to ${largest}`;
  throw new ImpossibleResult(
    `"${what}" is ${value.toPrecision(4)} ${unit}, which cannot be true; possible is ${range}`,
  );
}

/** Quotients, differences and the like of what was measured in the same round. */
export const byRound = (
  [first = [], ...others]: readonly (readonly number[])[],
  combine: (...values: number[]) => number,
): number[] =>
  first.map((value, round) => combine(value, ...others.map((one) => elementAt(one, round))));

/** @returns a part's figure @throws Error where the file has none of that name */
export function figureIn(result: BenchResult, part: string, what: string): Figure {
  const found = result.parts[part]?.figures.find((figure) => figure.what === what);
  if (!found) throw new Error(`the results have no figure "${what}" of "${part}"`);
  return found;
}
