import type { z } from 'zod';
import {
  IDEMPOTENCY_HEADER,
  saveRunResponseSchema,
  runListSchema,
  runSchema,
  runSummarySchema,
  trendResponseSchema,
  type saveRunRequestSchema,
  type SaveRunResponse,
  type listRunsSchema,
  type Run,
  type RunSummary,
  type Trend,
  type TrendRequest,
} from '../contract/history.ts';
import type { Optional, Transport } from './transport.ts';

/** The history of a deployment. Saving and removing need the client's `token`. */
export interface HistoryClient {
  /**
   * Runs and saves a comparison, or saves a check. `saved` of the response says whether it is stored.
   *
   * @param key requests with the same key are saved once; by default a new key
   */
  save(request: z.input<typeof saveRunRequestSchema>, key?: string): Promise<SaveRunResponse>;
  list(
    request?: Optional<z.output<typeof listRunsSchema>>,
  ): Promise<z.output<typeof runListSchema>>;
  run(id: string): Promise<Run>;
  /** Deletes a run. @returns the run without its result */
  remove(id: string): Promise<RunSummary>;
  trend(request: Pick<TrendRequest, 'model'> & Partial<TrendRequest>): Promise<Trend>;
}

export function historyClient(transport: Transport): HistoryClient {
  const get = <T extends z.ZodType>(path: string, schema: T, query = {}) =>
    transport.call({ method: 'GET', path, query }, schema);
  const pathOf = (id: string) => `v1/runs/${encodeURIComponent(id)}`;
  return {
    save: (body, key = crypto.randomUUID()) =>
      transport.call(
        { method: 'POST', path: 'v1/runs', headers: { [IDEMPOTENCY_HEADER]: key }, body },
        saveRunResponseSchema,
      ),
    list: (request) => get('v1/runs', runListSchema, request),
    run: (id) => get(pathOf(id), runSchema),
    remove: (id) => transport.call({ method: 'DELETE', path: pathOf(id) }, runSummarySchema),
    trend: (request) => get('v1/trend', trendResponseSchema, request),
  };
}
