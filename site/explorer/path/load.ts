import { ProblemError } from '../../../client/errors.ts';
import type { AttributionFigures } from '../../../contract/attributions.ts';
import { api } from '../../lib/api.ts';

/** The attribution of each model's answer; the reason in words where a model has none. */
export interface LoadedPath {
  readonly model: string;
  readonly figures: AttributionFigures | null;
  readonly reason: string;
}

/** Tokens that are cut layer by layer: as many as arrows are drawn. */
export const LAYERED = 6;
export const CANDIDATES = 4;

export interface PathRequest {
  readonly model: string;
  /** The name of a query. */
  readonly query: string;
}

/** Asks the server for each of the answers. */
export const loadPaths = (
  requests: readonly PathRequest[],
  signal: AbortSignal,
): Promise<LoadedPath[]> =>
  Promise.all(
    requests.map(async ({ model, query }): Promise<LoadedPath> => {
      try {
        const request = { model, query, layered: LAYERED, candidates: CANDIDATES };
        return { model, figures: await (await api(signal)).attribute(request), reason: '' };
      } catch (error) {
        if (!(error instanceof ProblemError) || error.kind === 'rate-limited') throw error;
        return { model, figures: null, reason: error.message };
      }
    }),
  );
