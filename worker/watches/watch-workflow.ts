import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers';
import type { Step } from '../../services/checks/record-model.ts';
import {
  requireWatches,
  type Watches,
  type WatchRunParameters,
} from '../../services/watches/watches.ts';
import { logError, toServiceError } from '../http/error-handler.ts';

/**
 * A step of this deployment that fails is tried again, for some minutes in all. What fails at the deployment that is
 * watched is an outcome.
 */
const ATTEMPTS = {
  retries: { limit: 5, delay: '5 seconds', backoff: 'exponential' },
  timeout: '15 minutes',
} as const;

/** The workflow that is one run of a watch. */
export const watchWorkflow = (configured: Watches | undefined) =>
  class WatchWorkflow extends WorkflowEntrypoint<Env, WatchRunParameters> {
    override async run(
      { payload }: Readonly<WorkflowEvent<WatchRunParameters>>,
      step: WorkflowStep,
    ): Promise<void> {
      // As text: the engine's types do not allow every value that is JSON.
      const keep: Step = async <T>(name: string, work: () => Promise<T>) =>
        JSON.parse(
          await step.do(name, ATTEMPTS, async () => JSON.stringify(await tried(payload, work))),
        ) as T;
      await requireWatches(configured).run(payload, keep);
    }
  };

/** The errors of a step, without anything internal, and with a line in the log. */
async function tried<T>({ instance }: WatchRunParameters, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const shown = toServiceError(error);
    logError(error instanceof Error ? error : shown, instance);
    throw new Error(shown.detail, { cause: error });
  }
}
