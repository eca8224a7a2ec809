import { servedModalities, type ModelCard } from '../contract/card.ts';
import { answerQueries } from '../inference/answer-queries.ts';
import { parseSpec } from '../task/spec.ts';
import type { Models } from './models.ts';

/**
 * Has the model answer one small query, in the modality that it is served in first.
 *
 * @throws Problem where it cannot be loaded
 */
export async function requireReady(models: Models, card: ModelCard): Promise<void> {
  const runner = await models.runner(card);
  const [modality] = servedModalities(card);
  // A model of pictures alone whose encoder is too large for a worker: it is there, for /v2 to feed.
  if (!modality) return;
  const { vocabulary, grid } = card.recipe;
  const spec = parseSpec({ objects: 1, modality, grid, vocabulary });
  await answerQueries(runner, spec, 0, [{ index: 0, question: 0 }]);
}
