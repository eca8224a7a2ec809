import type { ModelCard } from '../contract/card.ts';
import { zipFiles } from '../huggingface/archive.ts';
import { ConversionError } from '../huggingface/conversion-error.ts';
import { reasonAgainstNeox } from '../huggingface/model-config.ts';
import { huggingFaceRepository } from '../huggingface/repository.ts';
import type { Models } from './models.ts';
import { ServiceError } from './service-error.ts';

/** Whether the model can be converted, as far as its card says. */
export const hasHuggingFaceArchive = (card: ModelCard): boolean =>
  card.kind === 'trained' && reasonAgainstNeox(card) === undefined;

/**
 * The model as a Hugging Face repository, in a ZIP archive with one folder.
 *
 * @throws ServiceError where the model cannot be converted, or its file cannot be read
 */
export async function huggingFaceArchive(
  models: Pick<Models, 'modelBytes'>,
  card: ModelCard,
): Promise<Uint8Array<ArrayBuffer>> {
  if (card.kind === 'imported') {
    throw inconvertible(card, "it was imported, and only bindscope's own models can be converted");
  }
  const model = await models.modelBytes(card);
  try {
    return zipFiles(card.id, huggingFaceRepository(card, model));
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    throw inconvertible(card, error.message, error);
  }
}

function inconvertible({ id }: ModelCard, reason: string, cause?: unknown): ServiceError {
  const detail = `model "${id}" has no Hugging Face repository: ${reason}`;
  return new ServiceError('not-found', detail, { cause });
}
