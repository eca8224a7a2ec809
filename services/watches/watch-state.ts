import type { WatchState } from '../../contract/watches.ts';

/** What a watch knows about the outcomes of its runs. */
export interface WatchStatus {
  /** null until two runs agree. */
  readonly state: WatchState | null;
  /** Start of the first run that saw the state. */
  readonly since: string | null;
  /** Outcome of the last run, where it is not the state. */
  readonly candidate: WatchState | null;
  /** Start of the run that saw the candidate. */
  readonly candidateSince: string | null;
  /** Number of changes so far. */
  readonly changes: number;
}

export const NEW_STATUS: WatchStatus = {
  state: null,
  since: null,
  candidate: null,
  candidateSince: null,
  changes: 0,
};

export interface StateChange {
  readonly from: WatchState | null;
  readonly to: WatchState;
}

/**
 * The status after one more run. A state changes only after two runs in a row with the same other outcome.
 *
 * @param at start of the run
 */
export function observe(
  status: WatchStatus,
  outcome: WatchState,
  at: string,
): { readonly status: WatchStatus; readonly change: StateChange | null } {
  const settled = { candidate: null, candidateSince: null };
  if (outcome === status.state) return { status: { ...status, ...settled }, change: null };
  if (outcome !== status.candidate) {
    return { status: { ...status, candidate: outcome, candidateSince: at }, change: null };
  }
  const { state: from, candidateSince: since, changes } = status;
  return {
    status: { state: outcome, since, ...settled, changes: changes + 1 },
    change: { from, to: outcome },
  };
}

/** Whether somebody is notified of a change: of every one, but not that a new watch passes. */
export const isNotified = ({ from, to }: StateChange): boolean => from !== null || to !== 'passing';
