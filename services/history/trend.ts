import { trendResponseSchema, type Trend, type TrendRequest } from '../../contract/history.ts';
import { Problem } from '../problem.ts';
import { requireHistory, type RunStore } from './run-store.ts';

/** @throws Problem where the metric and its number of objects do not fit together */
export async function trendOf(
  history: RunStore | undefined,
  request: TrendRequest,
): Promise<Trend> {
  const store = requireHistory(history);
  if ((request.metric === 'objects') !== (request.objects !== undefined)) {
    const detail = 'query.objects: name one with metric=objects, and none with any other metric';
    throw new Problem('invalid-request', detail);
  }
  return trendResponseSchema.parse({ ...request, points: await store.trend(request) });
}
