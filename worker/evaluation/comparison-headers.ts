import type { CompareRequest } from '../../contract/comparisons.ts';
import { pinsDigest } from '../../contract/model-reference.ts';
import { comparisonInputs, type ComparisonPlan } from '../../services/comparison.ts';
import { CODE_VERSION } from '../code-version.ts';
import { CACHE_CONTROL, etagOf } from '../http/http-cache.ts';

/** The headers of a comparison, known before a model runs. @param type the content type */
export async function comparisonHeaders(
  { models }: Pick<CompareRequest, 'models'>,
  plan: ComparisonPlan,
  type: string,
) {
  return {
    etag: await etagOf({ code: CODE_VERSION, type, ...comparisonInputs(plan) }),
    'cache-control': CACHE_CONTROL[models.every(pinsDigest) ? 'immutable' : 'revalidate'],
    'content-type': type,
  };
}
