import { trendResponseSchema, type Trend, type TrendRequest } from '../../contract/history.ts';
import { invalidPart } from '../service-error.ts';
import type { RunStore } from './run-store.ts';

/** @throws ServiceError where the metric and the number of objects contradict each other */
export async function trendOf(store: RunStore, request: TrendRequest): Promise<Trend> {
  if ((request.metric === 'objects') !== (request.objects !== undefined)) {
    throw invalidPart(
      'query.objects',
      'objects is required with metric=objects and not allowed with any other metric',
    );
  }
  return trendResponseSchema.parse({ ...request, points: await store.trend(request) });
}
