import { WATCH_LIMITS } from '../../contract/watches.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** After this time a run that did not end is given up, and the watch can be started again. */
const LOST_AFTER = 2 * HOUR;

/** Times in milliseconds since 1970. */
export interface Schedule {
  readonly every: number;
  readonly due: number;
  /** When the run that is under way was started; null where there is none. */
  readonly claimed: number | null;
}

/**
 * Whether a run is to be started. A clock that was put back would make a watch wait: one that is due later than its
 * interval allows is due now. A clock that jumps ahead makes one run, not one for each interval it skipped.
 */
export function isDue({ every, due, claimed }: Schedule, now: number): boolean {
  const underWay = claimed !== null && claimed <= now && now - claimed < LOST_AFTER;
  return !underWay && (due <= now || due > now + every);
}

/** When the next run is due. Whole minutes: a cron starts some seconds late, each time others. */
export const dueAfter = (now: number, every: number): number =>
  Math.floor(now / MINUTE) * MINUTE + every;

/** When a run that contradicts the state is repeated: soon, also where runs are rare. */
export const dueToConfirm = (now: number, due: number): number =>
  Math.min(due, dueAfter(now, WATCH_LIMITS.minutes * MINUTE));

/** Attempts to deliver a notice, over about two days. */
export const DELIVERY_ATTEMPTS = 10;

/**
 * When a notice is tried again after a number of attempts: after 15 and 30 minutes, 1, 2, 4 and 8 hours, then every
 * 12 hours; null: never.
 */
export function retryAt(now: number, attempts: number): number | null {
  if (attempts >= DELIVERY_ATTEMPTS) return null;
  const delay = WATCH_LIMITS.minutes * MINUTE * 2 ** (attempts - 1);
  return now + Math.min(delay, 12 * HOUR);
}
