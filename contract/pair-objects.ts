import { LIMITS, objectsSchema } from '../task/spec.ts';

/** Apart from requests and responses, since the addresses of pages need it alone. */

/** Fewest objects of a pair: the one asked about, and one for each mechanism. */
export const MIN_PAIR_OBJECTS = 4;
const pairObjectsError = `objects must be a whole number from ${MIN_PAIR_OBJECTS} to ${LIMITS.objects}`;
export const pairObjectsSchema = objectsSchema.min(MIN_PAIR_OBJECTS, pairObjectsError).meta({
  description: 'Objects in each scene.',
  example: 8,
});
