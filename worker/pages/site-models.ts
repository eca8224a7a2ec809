import { totalBudget, type ModelCard } from '../../contract/card.ts';
import { modelFacts, servedModalities } from '../../contract/model-facts.ts';
import { siteModelSchema, type SiteModel } from '../../contract/pages.ts';
import { sixDigits } from '../../inference/token-probability.ts';
import type { Models } from '../../services/models.ts';

/**
 * The part of a card that pages use. Of the evaluation, only the condition that all models have.
 *
 * @param name what the page calls the model
 */
export const siteModel = (card: ModelCard, name: string): SiteModel => {
  const results = card.evaluation.results
    .filter(({ modality, order }) => modality === 'text' && order === 'context')
    .map(({ byObjects, ...result }) => ({ ...result, byObjects: byObjects.map(shortened) }));
  return siteModelSchema.parse({
    ...card,
    ...modelFacts(card),
    ...trainingFacts(card),
    id: name,
    modalities: servedModalities(card),
    evaluation: { ...card.evaluation, results },
  });
};

/** An interval with as many digits as pages can show: the state of a page has hundreds of them. */
const shortened = <P extends { readonly interval: [number, number] }>(point: P): P => {
  const [low, high] = point.interval;
  return { ...point, interval: [sixDigits(low), sixDigits(high)] };
};

/** What pages show of the training of a model; null for an imported one. */
function trainingFacts(card: ModelCard) {
  if (card.kind !== 'trained') return { regime: null, preset: null, encoder: null, steps: null };
  const { regime, preset, encoder } = card.recipe;
  const { steps } = totalBudget(card.training);
  return { regime, preset, encoder: encoder?.name ?? null, steps };
}

/**
 * The models of the deployment for a page, followed by the versions that the address of the page names.
 *
 * @param named the references in the address
 * @throws ServiceError where a named model does not exist
 */
export async function siteModels(
  models: Models,
  named: readonly string[] = [],
): Promise<SiteModel[]> {
  const all = (await models.list()).map((card) => siteModel(card, card.id));
  const others = named.filter((reference) => !all.some(({ id }) => id === reference));
  const versions = others.map(async (reference) =>
    siteModel(await models.card(reference), reference),
  );
  return [...all, ...(await Promise.all(versions))];
}
