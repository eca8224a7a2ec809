import type { RoundParameters, ShownAnswer, SiteModel } from '../../contract/site.ts';
import { chosenModels, roundRequests, type RoundRequest } from '../../site/round/plan.ts';
import { logError } from '../errors.ts';
import type { Models } from '../models.ts';
import { runPrediction } from '../prediction.ts';
import { Problem } from '../problem.ts';

/**
 * Puts one scene before the chosen models, as text and, where a model sees, as a picture.
 *
 * @returns nothing where they cannot be asked just now: the page has more to show
 */
export async function playRound(
  models: Models,
  cards: readonly SiteModel[],
  parameters: RoundParameters,
): Promise<ShownAnswer[]> {
  const asked = chosenModels(cards, parameters.models);
  if (asked.length === 0) return [];
  const answers: ShownAnswer[] = [];
  for (const { modality, models: ids, query } of roundRequests(asked, parameters)) {
    for (const model of ids) {
      answers.push({ modality, model, answer: await answerOf(models, model, query) });
    }
  }
  return answers;
}

async function answerOf(models: Models, model: string, query: RoundRequest['query']) {
  try {
    const { results } = await runPrediction(models, { models: [model], queries: [query], top: 3 });
    return results[0].answers[0];
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== 'model-unavailable') throw error;
    logError(error);
    return null;
  }
}
