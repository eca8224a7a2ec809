import { tolerancesSchema, type Baseline, type Tolerances } from '../contract/baseline.ts';
import { packBits } from '../contract/bitset.ts';
import type { Recording } from '../statistics/recording.ts';
import { proportion } from '../statistics/intervals.ts';
import { RandomStream } from '../task/random.ts';
import { LIMITS } from '../task/spec.ts';
import { elementAt } from '../task/element-at.ts';

/** Right or wrong by number of objects. */
export type Outcomes = Readonly<Record<number, readonly boolean[]>>;

/** So many right ones, then so many wrong ones. */
export const outcomes = (correct: number, wrong: number) =>
  Array.from({ length: correct + wrong }, (_, query) => query < correct);

interface Made {
  readonly outcomes: Outcomes;
  readonly tolerances?: Partial<Tolerances>;
  readonly symbolic?: number;
  readonly digest?: string;
  readonly p50?: number;
}

/** A baseline of one model and one condition that nobody recorded. */
export function madeBaseline(made: Made): Baseline {
  const { symbolic, digest = '0', p50 = 10, tolerances } = made;
  const points = Object.entries(made.outcomes).map(([objects, correct]) => ({
    objects: Number(objects),
    correct: correct.filter(Boolean).length,
    count: correct.length,
    correctBits: packBits(correct),
    queries: '0'.repeat(16),
  }));
  const pooled = (inside: boolean) => {
    const some = points.filter(({ objects }) => objects <= LIMITS.inDistribution === inside);
    const sum = (what: 'correct' | 'count') => some.reduce((all, point) => all + point[what], 0);
    return some.length > 0 ? proportion(sum('correct'), sum('count')) : null;
  };
  return {
    schema: 1,
    source: 'made',
    recorded: '2026-01-01T00:00:00Z',
    code: { version: '0.1.0', commit: 'ab'.repeat(20) },
    tolerances: tolerancesSchema.parse(tolerances ?? {}),
    plan: {
      split: 'test',
      seed: 0,
      objects: points.map(({ objects }) => objects),
      queries: elementAt(points, 0).count,
      questionsPerScene: 1,
      pairs: 64,
      requests: 20,
    },
    models: [
      {
        id: 'made',
        digests: { model: digest.repeat(64), encoder: null },
        vocabulary: { colours: 40, shapes: 40, items: 32 },
        grid: 6,
        latency: { requests: 20, p50, p95: 2 * p50 },
        conditions: [
          {
            modality: 'text',
            order: 'context',
            id: pooled(true),
            ood: pooled(false),
            byObjects: points,
            mechanism:
              symbolic === undefined
                ? null
                : {
                    objects: 8,
                    pairs: 64,
                    solved: 64,
                    peakLayer: 3,
                    positional: 64 - symbolic,
                    symbolic,
                    mechanism: symbolic > 32 ? 'symbolic' : 'positional',
                  },
          },
        ],
      },
    ],
  };
}

export const madeRecording = (made: Made): Recording => ({
  figures: madeBaseline(made),
  failures: [],
  answerTo: () => 'apple',
  secondsOf: ({ objects }) => (objects === null ? 0 : 0.5),
});

/**
 * Outcomes of a model that is as good as another one, and not the same: each query has a chance of
 * its own to be answered rightly, from which both draw. So a changed answer is as likely to be broken
 * as mended, which is the null hypothesis of every test.
 */
export function equalModels(run: number, objects: readonly number[], queries: number) {
  const draw = new RandomStream([0xa1a2, run, 0, 0]);
  const pairs = objects.map((count) => {
    const both = Array.from({ length: queries }, () => {
      const chance = draw.uniform();
      return [draw.uniform() < chance, draw.uniform() < chance] as const;
    });
    return [count, both] as const;
  });
  const side = (which: 0 | 1): Outcomes =>
    Object.fromEntries(pairs.map(([count, both]) => [count, both.map((two) => two[which])]));
  return { before: side(0), after: side(1) };
}
