import type { CheckReport, Flip } from '../../contract/regression.ts';
import type { Watch, WatchRun } from '../../contract/watches.ts';
import { describeTest } from '../../statistics/report-sentences.ts';
import { generateQuery, parseQueryName } from '../../task/query.ts';
import { SpecError } from '../../task/spec.ts';
import { queryWords } from '../query-resource.ts';
import type { WatchStore } from './watch-store.ts';

/** What a page shows of a watch. */
export interface WatchOverview {
  readonly watch: Watch;
  /** The latest, oldest first. */
  readonly runs: readonly WatchRun[];
  /** What differs from the baseline; null where nothing does, or it is not known. */
  readonly differences: Differences | null;
}

export interface Differences {
  /** A sentence for each comparison that became significantly worse or better. */
  readonly tests: readonly string[];
  /** The first of the answers that changed. */
  readonly answers: readonly ChangedAnswer[];
}

export interface ChangedAnswer {
  readonly model: string;
  readonly query: string;
  /** The question in words, the last of the prompt. */
  readonly asked: string;
  readonly before: string;
  readonly now: string;
  /** Whether it got worse. */
  readonly lost: boolean;
}

export const STATUS_LIMITS = {
  watches: 15,
  /** Two days of hourly runs. */
  runs: 48,
  /** Watches of which the changed answers are shown. */
  reports: 10,
  answers: 5,
} as const;

/** Bounded: at most 26 queries of the database. */
export async function overviewOf(
  store: WatchStore,
  watches: readonly Watch[],
): Promise<WatchOverview[]> {
  const changed = watches.filter(({ last }) => (last?.flips ?? 0) > 0);
  const reported = changed.slice(0, STATUS_LIMITS.reports);
  return Promise.all(
    watches.map(async (watch) => {
      const { id, last } = watch;
      const runs = await store.runs(id, { limit: STATUS_LIMITS.runs });
      const report =
        reported.includes(watch) && last?.report ? await store.report(id, last.report) : null;
      return { watch, runs: runs.reverse(), differences: report && differencesOf(report) };
    }),
  );
}

function differencesOf({ tests, flips }: CheckReport): Differences {
  // Losses first: they are what a reader looks for.
  const sorted = [
    ...flips.filter(({ before }) => before),
    ...flips.filter(({ before }) => !before),
  ];
  return {
    tests: tests
      .filter(({ verdict }) => verdict === 'regressed' || verdict === 'improved')
      .map(describeTest),
    answers: sorted.slice(0, STATUS_LIMITS.answers).flatMap(changedAnswer),
  };
}

/** A baseline keeps whether an answer was right, not the answer: a wrong one has no name. */
function changedAnswer({ model, query, before, answer }: Flip): ChangedAnswer[] {
  try {
    const words = queryWords(generateQuery(parseQueryName(query)));
    const asked = words.asked.name;
    const right = words.answer.name;
    return [{ model, query, asked, before: before ? right : 'another', now: answer, lost: before }];
  } catch (error) {
    // A report of an earlier version may have queries that this one does not know.
    if (error instanceof SpecError) return [];
    throw error;
  }
}
