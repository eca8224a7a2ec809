import { trendResponseSchema, type Trend, type TrendRequest } from '../../contract/history.ts';
import type { ModelAccess } from '../models.ts';
import { invalidPart } from '../service-error.ts';
import type { RunStore } from './run-store.ts';

/**
 * @throws ServiceError where the metric and the number of objects contradict each other, or no run has the metric
 *   and there is no such model
 */
export async function trendOf(
  store: RunStore,
  models: Pick<ModelAccess, 'card'>,
  request: TrendRequest,
): Promise<Trend> {
  if ((request.metric === 'objects') !== (request.objects !== undefined)) {
    throw invalidPart(
      'query.objects',
      'objects is required with metric=objects and not allowed with any other metric',
    );
  }
  const points = await store.trend(request);
  // Runs may be older than the models: only where there are none is the name looked up.
  if (points.length === 0) await models.card(request.model);
  return trendResponseSchema.parse({ ...request, points });
}
