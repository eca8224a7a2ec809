import { ProblemError } from '../../client/errors.ts';
import type { Answer } from '../../contract/predictions.ts';
import type { ShownAnswer } from '../../contract/pages.ts';
import { elementAt } from '../../task/element-at.ts';
import { api } from '../lib/api.ts';
import { TOP_ANSWERS, type SceneRequest } from './plan.ts';

/** Asks all models of all requests; the answer of a model that cannot be loaded is null. */
export async function predictScene(
  requests: readonly SceneRequest[],
  signal: AbortSignal,
): Promise<ShownAnswer[]> {
  const answers = await Promise.all(requests.map((request) => predictOne(request, signal)));
  return answers.flat();
}

async function predictOne(request: SceneRequest, signal: AbortSignal): Promise<ShownAnswer[]> {
  const { models, modality, query } = request;
  const shown = (model: string, answer: Answer | null) => ({ model, modality, answer });
  try {
    const { results } = await (
      await api(signal)
    ).predict({
      models: [...models],
      queries: [query],
      top: TOP_ANSWERS,
    });
    return elementAt(results, 0).answers.map((answer) => shown(answer.model, answer));
  } catch (error) {
    if (!(error instanceof ProblemError) || error.kind !== 'model-unavailable') throw error;
    if (models.length === 1) return models.map((model) => shown(model, null));
    const single = models.map((model) => predictOne({ ...request, models: [model] }, signal));
    return (await Promise.all(single)).flat();
  }
}
