import { modelFacts, servedModalities, type ModelCard } from '../contract/card.ts';
import { answerQueries } from '../inference/answer-queries.ts';
import { parseSpec } from '../task/spec.ts';
import type { Models } from './models.ts';

/**
 * Answers one small query with the model, in its first served modality.
 *
 * @throws ServiceError where the model cannot be loaded
 */
export async function requireReady(models: Models, card: ModelCard): Promise<void> {
  const runner = await models.runner(card);
  const [modality] = servedModalities(card);
  // Only an image model whose encoder is not deployed has none; /v2 can still feed it features.
  if (!modality) return;
  const { vocabulary, grid } = modelFacts(card);
  const spec = parseSpec({ objects: 1, modality, grid, vocabulary });
  await answerQueries(runner, spec, 0, [{ index: 0, question: 0 }]);
}
