import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers';
import { NonRetryableError } from 'cloudflare:workflows';
import { PROBLEMS } from '../../contract/problems.ts';
import {
  EvaluationEndedError,
  requireEvaluations,
  type EvaluationParameters,
  type Evaluations,
} from '../../services/evaluations/evaluations.ts';
import { logError, toServiceError } from '../http/error-handler.ts';

/** A database or a model that fails is tried again for about an hour in all. */
const ATTEMPTS = {
  retries: { limit: 9, delay: '5 seconds', backoff: 'exponential' },
  timeout: '5 minutes',
} as const;

/**
 * The workflow that computes an evaluation: one step a part. The engine keeps which steps are done, and the
 * database their outcomes.
 */
export const evaluationWorkflow = (configured: Evaluations | undefined) =>
  class EvaluationWorkflow extends WorkflowEntrypoint<Env, EvaluationParameters> {
    override async run(
      { payload }: Readonly<WorkflowEvent<EvaluationParameters>>,
      step: WorkflowStep,
    ): Promise<void> {
      const evaluations = requireEvaluations(configured);
      try {
        const parts = await step.do('begin', ATTEMPTS, () =>
          tried(payload, () => evaluations.begin(payload)),
        );
        for (let part = 0; part < parts; part++) {
          await step.do(`part ${part}`, ATTEMPTS, () =>
            tried(payload, () => evaluations.runPart(payload, part)),
          );
        }
        await step.do('finish', ATTEMPTS, () => tried(payload, () => evaluations.finish(payload)));
      } catch (error) {
        const reason = error instanceof Error ? error.message : 'unknown error';
        await step.do('fail', ATTEMPTS, () => evaluations.fail(payload, reason));
        throw error;
      }
    }
  };

/**
 * The errors of a step, without anything internal.
 *
 * @throws NonRetryableError where trying again cannot help
 */
async function tried<T>({ instance }: EvaluationParameters, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EvaluationEndedError) throw new NonRetryableError(error.message);
    const shown = toServiceError(error);
    const status = PROBLEMS[shown.kind].status;
    if (status < 500) throw new NonRetryableError(shown.detail);
    logError(error instanceof Error ? error : shown, instance);
    throw new Error(shown.detail, { cause: error });
  }
}
