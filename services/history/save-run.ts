import { hexOf, sha256Of } from '../../contract/digest.ts';
import type { SaveRunRequest, SaveRunResponse, Run } from '../../contract/history.ts';
import { completeComparison, planComparison } from '../comparison.ts';
import type { ModelAccess } from '../models.ts';
import { ServiceError } from '../service-error.ts';
import type { RunStore } from './run-store.ts';

/** Attempts to write a run. */
const ATTEMPTS = 2;

export interface SavedRun {
  readonly response: SaveRunResponse;
  /** Whether this request stored the run; false also where an earlier one did. */
  readonly created: boolean;
  /** Why the run could not be stored. */
  readonly failure?: ServiceError;
}

export interface SaveRunOptions {
  /** Idempotency key of the client: the same request with the same key is stored once. */
  readonly key: string | undefined;
  /** Version of the code that answers. */
  readonly code: string;
}

/**
 * Runs a comparison, or takes the report of a check, and stores it. Where the database fails, the
 * response still has the result, with `saved: false`.
 *
 * @throws ServiceError where the request is invalid, or the key belongs to another request
 */
export async function saveRun(
  store: RunStore,
  models: ModelAccess,
  request: SaveRunRequest,
  { key, code }: SaveRunOptions,
): Promise<SavedRun> {
  const fingerprint = await sha256Of(new TextEncoder().encode(JSON.stringify(request)));
  const before = await findByKey(store, key, fingerprint).catch(ignoreUnavailable);
  if (before) return known(before);

  const run = await runOf(models, request, code);
  for (let attempt = 1; ; attempt++) {
    try {
      if (await store.insert(run, key ?? null, fingerprint)) {
        return { created: true, response: { saved: true, reason: null, run } };
      }
      // An earlier attempt may have stored the run although its answer was lost.
      const same = key === undefined ? run : await findByKey(store, key, fingerprint);
      if (same) return { ...known(same), created: same.id === run.id };
      throw new ServiceError('history-unavailable', 'the run with this key was just deleted');
    } catch (error) {
      const failure = requireUnavailable(error);
      if (attempt < ATTEMPTS) continue;
      const reason = `${failure.detail}; this run is not stored`;
      return { created: false, failure, response: { saved: false, reason, run } };
    }
  }
}

const known = (run: Run): SavedRun => ({
  created: false,
  response: { saved: true, reason: null, run },
});

/** @throws ServiceError where the key belongs to another request */
async function findByKey(
  store: RunStore,
  key: string | undefined,
  fingerprint: string,
): Promise<Run | undefined> {
  const found = key === undefined ? undefined : await store.byKey(key);
  if (!found || found.fingerprint === fingerprint) return found?.run;
  const detail = `run ${found.run.id} already uses this key, for another request`;
  throw new ServiceError('idempotency-key-reused', detail);
}

async function runOf(models: ModelAccess, request: SaveRunRequest, code: string): Promise<Run> {
  const now = new Date();
  const summary = {
    id: timeSortedId(now),
    created: now.toISOString(),
    label: request.label ?? null,
    code,
  };
  if (request.kind === 'check') {
    const { kind, digests, report } = request;
    return { ...summary, kind, digests, request: null, result: report };
  }
  const { kind, request: comparison } = request;
  const plan = await planComparison(models, comparison);
  const result = await completeComparison(models, plan);
  return { ...summary, kind, digests: result.digests, request: comparison, result };
}

/** Sorts by time: nine base-36 digits of milliseconds (enough until the year 5188), then random ones. */
export function timeSortedId(now: Date): string {
  const random = hexOf(crypto.getRandomValues(new Uint8Array(8)));
  return `${now.getTime().toString(36).padStart(9, '0')}-${random}`;
}

function requireUnavailable(error: unknown): ServiceError {
  if (error instanceof ServiceError && error.kind === 'history-unavailable') return error;
  throw error;
}

function ignoreUnavailable(error: unknown): undefined {
  requireUnavailable(error);
}
