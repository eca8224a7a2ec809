/** Most questions packed into one scene. */
export const QUESTIONS_PER_SCENE = 8;

/** Identifies a query of a spec and a seed: the index of the scene, and the k-th question about it. */
export interface QueryIndices {
  readonly index: number;
  readonly question: number;
}

/**
 * The indices of `count` queries of a spec, with as many questions per scene as are packed.
 *
 * @param start number of the first query in the unlimited sequence of the spec's queries
 */
export function listQueryIndices(
  objects: number,
  count: number,
  questionsPerScene = QUESTIONS_PER_SCENE,
  start = 0,
): QueryIndices[] {
  const packed = Math.min(objects, questionsPerScene);
  return Array.from({ length: count }, (_, query) => ({
    index: Math.floor((start + query) / packed),
    question: (start + query) % packed,
  }));
}
