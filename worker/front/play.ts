import type { ModelCard } from '../../contract/card.ts';
import { queryName, type QueryId } from '../../task/query.ts';
import { MODALITIES, parseSpec, type Modality } from '../../task/spec.ts';
import { logError } from '../errors.ts';
import type { Models } from '../models.ts';
import { runPrediction } from '../prediction.ts';
import { Problem } from '../problem.ts';
import { queryResource } from '../query-resource.ts';
import { commonVocabulary } from '../suitability.ts';
import type { Round, RoundAnswer } from './round.ts';

/**
 * Puts one scene before every model, as text and, where the model sees, as a picture.
 *
 * @param index number of the scene
 */
export async function playRound(
  models: Models,
  cards: readonly ModelCard[],
  objects: number,
  index: number,
): Promise<Round> {
  const vocabulary = commonVocabulary(cards);
  const idAs = (modality: Modality): QueryId => ({
    spec: parseSpec({ objects, modality, vocabulary }),
    seed: 0,
    index,
    question: 0,
  });
  const query = queryResource(idAs('text'));
  try {
    const answers: RoundAnswer[] = [];
    for (const modality of MODALITIES) {
      const able = cards.filter((card) => card.modalities.includes(modality)).map(({ id }) => id);
      if (able.length === 0) continue;
      const queries = [queryName(idAs(modality))];
      const { results } = await runPrediction(models, { models: able, queries, top: 1 });
      answers.push(...results[0].answers.map((answer) => ({ modality, answer })));
    }
    return { query, answers };
  } catch (error) {
    // The page has more to show than this round.
    if (error instanceof Problem && error.kind === 'model-unavailable') {
      logError(error);
      return { query, answers: undefined };
    }
    throw error;
  }
}
