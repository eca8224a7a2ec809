import { ServiceError } from '../../services/service-error.ts';
import { parseQueryName, type QueryId } from '../../task/query.ts';
import { SpecError } from '../../task/spec.ts';

/** @throws ServiceError where no query has this name */
export function namedQuery(name: string): QueryId {
  try {
    return parseQueryName(name);
  } catch (error) {
    if (error instanceof SpecError) throw new ServiceError('unknown-query', error.message);
    throw error;
  }
}
