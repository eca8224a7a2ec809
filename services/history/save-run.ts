import { hexOf, sha256Of } from '../../contract/digest.ts';
import type { SaveRunRequest, SaveRunResponse, Run } from '../../contract/history.ts';
import { CODE_VERSION } from '../../worker/code-version.ts';
import {
  comparisonRanges,
  comparisonResult,
  planComparison,
  type RangeOutcomes,
} from '../comparison.ts';
import { logError } from '../../worker/http/error-handler.ts';
import type { ModelAccess } from '../models.ts';
import { Problem } from '../problem.ts';
import type { RunStore } from './run-store.ts';

/** Attempts to write before a run is given out unkept. */
const ATTEMPTS = 2;

export interface KeptRun {
  readonly response: SaveRunResponse;
  /** `known`: it had been kept under its key before. */
  readonly outcome: 'created' | 'known' | 'lost';
}

/**
 * Makes what a client asks to keep, and keeps it. Where the database fails, the answer is given all the
 * same and says that it is not kept.
 *
 * @param key of the client: the same request under it is kept once
 * @throws Problem where the request is bad, or the key has been used for another
 */
export async function saveRun(
  store: RunStore,
  models: ModelAccess,
  request: SaveRunRequest,
  { key, requestId }: { readonly key: string | undefined; readonly requestId: string },
): Promise<KeptRun> {
  const fingerprint = await sha256Of(new TextEncoder().encode(JSON.stringify(request)));
  const before = await keptBefore(store, key, fingerprint).catch(unlessUnavailable);
  if (before) return known(before);

  const run = await runOf(models, request);
  for (let attempt = 1; ; attempt++) {
    try {
      if (await store.keep(run, key ?? null, fingerprint)) {
        return { outcome: 'created', response: { saved: true, reason: null, run } };
      }
      const same = await keptBefore(store, key, fingerprint);
      if (same) return known(same);
      throw new Problem('history-unavailable', 'the run under this key has gone meanwhile');
    } catch (error) {
      const problem = requireUnavailable(error);
      if (attempt < ATTEMPTS) continue;
      logError(problem, requestId);
      const reason = `${problem.detail}; nothing of this run is kept`;
      return { outcome: 'lost', response: { saved: false, reason, run } };
    }
  }
}

const known = (run: Run): KeptRun => ({
  outcome: 'known',
  response: { saved: true, reason: null, run },
});

/** @throws Problem where the key stands for another request */
async function keptBefore(
  store: RunStore,
  key: string | undefined,
  fingerprint: string,
): Promise<Run | undefined> {
  const found = key === undefined ? undefined : await store.byKey(key);
  if (!found || found.fingerprint === fingerprint) return found?.run;
  const detail = `this key was used for another request, which is run ${found.run.id}`;
  throw new Problem('idempotency-key-reused', detail);
}

async function runOf(models: ModelAccess, request: SaveRunRequest): Promise<Run> {
  const now = new Date();
  const summary = {
    id: runId(now),
    created: now.toISOString(),
    label: request.label ?? null,
    code: CODE_VERSION,
  };
  if (request.kind === 'check') {
    const { kind, digests, report } = request;
    return { ...summary, kind, digests, request: null, result: report };
  }
  const plan = await planComparison(models, request.request);
  const ranges: RangeOutcomes[] = [];
  for await (const range of comparisonRanges(models, plan)) ranges.push(range);
  const result = comparisonResult(plan, ranges);
  const { kind, request: asked } = request;
  return { ...summary, kind, digests: result.digests, request: asked, result };
}

/** Sorts by time: milliseconds in nine digits of base 36, which last until 5188, then chance. */
function runId(now: Date): string {
  const tail = hexOf(crypto.getRandomValues(new Uint8Array(8)));
  return `${now.getTime().toString(36).padStart(9, '0')}-${tail}`;
}

function requireUnavailable(error: unknown): Problem {
  if (error instanceof Problem && error.kind === 'history-unavailable') return error;
  throw error;
}

function unlessUnavailable(error: unknown): undefined {
  requireUnavailable(error);
}
