import type { z } from 'zod';
import {
  comparedEvaluationsSchema,
  deletedEvaluationSchema,
  evaluationListSchema,
  evaluationResourceSchema,
  exportedEvaluationSchema,
  type EvaluationRequest,
  type EvaluationResource,
  type ExportedEvaluation,
  type listEvaluationsSchema,
} from '../contract/evaluations.ts';
import { UnreachableError } from './errors.ts';
import { sleep, type Optional, type Transport } from './transport.ts';

/** The long evaluations of a deployment. Changes need the client's `token`. */
export interface EvaluationsClient {
  /** Starts an evaluation, or finds the one of an equal request; one that failed is continued. */
  start(
    request: Pick<EvaluationRequest, 'models'> & Partial<EvaluationRequest>,
  ): Promise<EvaluationResource>;
  /** Newest first. */
  list(
    request?: Optional<z.output<typeof listEvaluationsSchema>>,
  ): Promise<z.output<typeof evaluationListSchema>>;
  get(id: string): Promise<EvaluationResource>;
  /**
   * The evaluation now, again whenever it changes, and at last when it has ended. It goes on while the server does not
   * answer for a while, as one that computes may not.
   *
   * @param seconds between two looks
   */
  follow(id: string, seconds?: number): AsyncGenerator<EvaluationResource, void>;
  /** The models of two evaluations on the same queries; no model runs. */
  compare(a: string, b: string): Promise<z.output<typeof comparedEvaluationsSchema>>;
  /** The evaluation, then the outcomes of every query. */
  export(id: string): AsyncGenerator<ExportedEvaluation, void>;
  /** Stops an evaluation, and deletes it with its outcomes. */
  remove(id: string): Promise<z.output<typeof deletedEvaluationSchema>>;
}

/** Looks without an answer, one after the other, after which `follow` gives up. */
const MOST_UNANSWERED = 10;

/** @param signal ends `follow` */
export function evaluationsClient(transport: Transport, signal?: AbortSignal): EvaluationsClient {
  const path = 'v1/evaluations';
  const pathOf = (id: string) => `${path}/${encodeURIComponent(id)}`;
  const get = (id: string) =>
    transport.call({ method: 'GET', path: pathOf(id) }, evaluationResourceSchema);
  return {
    start: (body) => transport.call({ method: 'POST', path, body }, evaluationResourceSchema),
    list: (query = {}) => transport.call({ method: 'GET', path, query }, evaluationListSchema),
    get,
    async *follow(id, seconds = 2) {
      let seen = '';
      for (let unanswered = 0; ;) {
        try {
          const evaluation = await get(id);
          unanswered = 0;
          const { state, progress } = evaluation;
          const now = JSON.stringify({ state, progress });
          if (now !== seen) yield evaluation;
          if (state === 'done' || state === 'failed') return;
          seen = now;
        } catch (error) {
          if (!(error instanceof UnreachableError) || ++unanswered >= MOST_UNANSWERED) throw error;
        }
        await sleep(1000 * seconds, signal);
      }
    },
    compare: (a, b) =>
      transport.call(
        { method: 'GET', path: 'v1/compare/evaluations', query: { a, b } },
        comparedEvaluationsSchema,
      ),
    export: (id) =>
      transport.lines({ method: 'GET', path: `${pathOf(id)}/export` }, exportedEvaluationSchema),
    remove: (id) => transport.call({ method: 'DELETE', path: pathOf(id) }, deletedEvaluationSchema),
  };
}
