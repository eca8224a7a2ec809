import type { ModelCard } from '../contract/card.ts';
import type { ModelAccess } from './models.ts';

/** A model of a request: the reference that the request uses, and the card that it selects. */
export interface SelectedModel {
  readonly reference: string;
  readonly card: ModelCard;
}

/** @throws ServiceError where a model or a version does not exist */
export async function selectModels(
  models: Pick<ModelAccess, 'card'>,
  references: readonly string[],
): Promise<SelectedModel[]> {
  return Promise.all(
    references.map(async (reference) => ({ reference, card: await models.card(reference) })),
  );
}
