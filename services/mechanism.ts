import { API_LIMITS } from '../contract/limits.ts';
import type { ModelCard } from '../contract/card.ts';
import type { EmbedMechanism } from '../contract/embeds.ts';
import type { Interchange } from '../contract/probes.ts';
import type { Condition } from '../task/conditions.ts';
import type { Models } from './models.ts';
import { selectModels } from './selected-models.ts';
import { ServiceError } from './service-error.ts';

/** The interchange interventions on one model under one condition. */
export interface MeasuredMechanism {
  /** As the request names it. */
  readonly model: string;
  readonly figures: Interchange;
}

/**
 * The measured mechanism of some models, by default of the first that were probed.
 *
 * @throws ServiceError where a model is unknown, or was not probed under the condition
 */
export async function measuredMechanism(
  models: Models,
  { models: references, modality, order }: Pick<EmbedMechanism, 'models' | 'modality' | 'order'>,
): Promise<readonly MeasuredMechanism[]> {
  const condition = { modality, order };
  if (references) {
    const selected = await selectModels(models, references);
    return Promise.all(
      selected.map(async ({ reference, card }) => ({
        model: reference,
        figures: await figuresOf(models, card, condition),
      })),
    );
  }
  const found: MeasuredMechanism[] = [];
  // In sequence: probe results take some MB each, and those after the limit are not needed.
  for (const card of await models.list()) {
    if (found.length === API_LIMITS.modelsInFigures) break;
    const figures = await figuresOf(models, card, condition).catch(ignoreNotProbed);
    if (figures) found.push({ model: card.id, figures });
  }
  return found;
}

function ignoreNotProbed(error: unknown): undefined {
  if (!(error instanceof ServiceError) || error.kind !== 'probe-not-found') throw error;
}

async function figuresOf(
  models: Models,
  card: ModelCard,
  { modality, order }: Condition,
): Promise<Interchange> {
  const { interchange = [] } = await models.probes(card);
  const figures = interchange.find((entry) => entry.modality === modality && entry.order === order);
  if (figures) return figures;
  const probed = interchange.map((entry) => `${entry.modality}/${entry.order}`);
  throw new ServiceError(
    'probe-not-found',
    `model "${card.id}" has no interchange results with modality "${modality}" and order ` +
      `"${order}", only with: ${probed.join(', ') || 'nothing'}`,
  );
}
