import type { ModelCard } from '../contract/card.ts';
import { modelFacts, servedModalities } from '../contract/model-facts.ts';
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

/** Checks all models: each answers a query once per isolate, and later only has to have its file. */
export class ReadinessCheck {
  /** The files of the models that have answered. */
  readonly #ready = new Set<string>();

  constructor(private readonly models: Models) {}

  /** @throws ServiceError where a model cannot be loaded */
  async requireAllReady(): Promise<void> {
    for (const card of await this.models.list()) {
      const { model, encoder } = card.files;
      const files = `${model.sha256} ${encoder?.sha256 ?? ''}`;
      if (this.#ready.has(files)) {
        await (await this.models.file(card, 'model.onnx')).stream().cancel();
      } else {
        await requireReady(this.models, card);
        this.#ready.add(files);
      }
    }
  }
}
