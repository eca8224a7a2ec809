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
  { models: references, modality, order }: Pick<EmbedMechanism, 'models' | 'modality' | 'order'>,
): Promise<readonly ModelMechanism[]> {
  const condition = { modality, order };
  if (references) {
    return Promise.all(
      references.map(async (model) => ({
        model,
        figures: await figuresOf(models, await models.card(model), condition),
      })),
    );
  }
  const found: ModelMechanism[] = [];
  // One after the other: results of probes take some MB each, and those of the last ones are not wanted.
  for (const card of await models.list()) {
    if (found.length === API_LIMITS.modelsInFigures) break;
    const figures = await figuresOf(models, card, condition).catch(unlessNotProbed);
    if (figures) found.push({ model: card.id, figures });
  }
  return found;
}

function unlessNotProbed(error: unknown): undefined {
  if (!(error instanceof Problem) || error.kind !== 'probe-not-found') throw error;
}

async function figuresOf(
  models: Models,
  card: ModelCard,
  { modality, order }: Condition,
): Promise<ModelMechanism['figures']> {
  const { interchange = [] } = await models.probes(card);
  const figures = interchange.find((of) => of.modality === modality && of.order === order);
  if (figures) return figures;
  throw new Problem(
    'probe-not-found',
    `model "${card.id}" has no results of interchange on ${modality} with associations in order ` +
      `"${order}"`,
  );
}
