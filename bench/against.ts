import { z } from 'zod';
import { resultSchema, type BenchResult, type Figure } from './result.ts';

/** Which change of a median is worth a verdict, where the spreads of both runs do not overlap. */
const LEAST_CHANGE = 0.05;

export type Verdict = 'better' | 'worse' | 'same';

export interface ComparedFigure {
  readonly part: string;
  readonly what: string;
  readonly before: Figure;
  readonly now: Figure;
  /** New median divided by the old one. */
  readonly ratio: number;
  readonly verdict: Verdict;
}

/**
 * Compares figures by the ratio of their medians. Ratios and shares are compared between any machines; times,
 * rates and memory only where processor, cores and the version of Node are the same.
 */
export function compareResults(before: BenchResult, now: BenchResult) {
  const sameMachine = machineOf(before) === machineOf(now);
  const compared: ComparedFigure[] = [];
  let skipped = 0;
  for (const [part, { figures }] of Object.entries(now.parts)) {
    for (const figure of figures) {
      const old = before.parts[part]?.figures.find(({ what }) => what === figure.what);
      if (old?.unit !== figure.unit) continue;
      if (!sameMachine && !['x', '%'].includes(figure.unit)) skipped += 1;
      else
        compared.push({
          part,
          what: figure.what,
          before: old,
          now: figure,
          ...verdictOf(old, figure),
        });
    }
  }
  return { compared, sameMachine, skipped };
}

/** A change is one where the quartiles do not overlap and the medians differ by 5 % or more. */
export function verdictOf(before: Figure, now: Figure): { ratio: number; verdict: Verdict } {
  const ratio = now.value / before.value;
  const apart = now.quartiles[0] > before.quartiles[1] || now.quartiles[1] < before.quartiles[0];
  if (!apart || Math.abs(ratio - 1) < LEAST_CHANGE) return { ratio, verdict: 'same' };
  return { ratio, verdict: ratio < 1 === (now.better === 'lower') ? 'better' : 'worse' };
}

/** @throws Error in one line where the text is no result of `npm run bench`, or that of a smoke test */
export function parseResult(text: string, name: string): BenchResult {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(`${name} is not JSON`);
  }
  const parsed = resultSchema.safeParse(json);
  if (!parsed.success) {
    throw new Error(
      `${name} is no result of npm run bench: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`,
    );
  }
  if (parsed.data.smoke)
    throw new Error(`${name} is the result of a smoke test, which measures nothing`);
  return parsed.data;
}

const machineOf = ({ machine, versions }: BenchResult): string =>
  JSON.stringify([machine.processor, machine.cores, versions['Node']]);
