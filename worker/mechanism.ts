import { API_LIMITS } from '../contract/api.ts';
import type { ModelCard } from '../contract/card.ts';
import type { Condition, EmbedMechanism } from '../contract/embeds.ts';
import type { ModelMechanism } from '../plots/mechanism.ts';
import type { Models } from './models.ts';
import { Problem } from './problem.ts';

/**
 * What interchange found in models.
 *
 * @throws Problem where a model is unknown, or was not probed so
 */
export async function measuredMechanism(
  models: Models,
  { models: ids, modality, order }: Pick<EmbedMechanism, 'models' | 'modality' | 'order'>,
): Promise<readonly ModelMechanism[]> {
  const condition = { modality, order };
  if (ids) {
    const cards = await Promise.all(ids.map((id) => models.card(id)));
    return Promise.all(cards.map((card) => mechanismOf(models, card, condition)));
  }
  const all = (await models.list()).map((card) =>
    mechanismOf(models, card, condition).catch(unlessNotProbed),
  );
  const found = (await Promise.all(all)).filter((one) => one !== undefined);
  return found.slice(0, API_LIMITS.modelsPerRequest);
}

function unlessNotProbed(error: unknown): undefined {
  if (!(error instanceof Problem) || error.kind !== 'not-probed') throw error;
}

async function mechanismOf(
  models: Models,
  card: ModelCard,
  { modality, order }: Condition,
): Promise<ModelMechanism> {
  const { interchange = [] } = await models.probes(card);
  const figures = interchange.find((of) => of.modality === modality && of.order === order);
  if (figures) return { model: card.id, figures };
  throw new Problem(
    'not-probed',
    `model "${card.id}" has no results of interchange on ${modality} with associations in order ` +
      `"${order}"`,
  );
}
