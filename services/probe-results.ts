import type { ModelCard } from '../contract/card.ts';
import type { ComparedModel, CompareProbesResponse } from '../contract/probe-results.ts';
import type { Interchange, Probes, ProbeSection } from '../contract/probes.ts';
import { mechanismOf, summariseComparison } from '../probes/interpretation.ts';
import type { Models } from './models.ts';
import { ServiceError } from './service-error.ts';

interface ProbedModel {
  readonly card: ModelCard;
  readonly probes: Probes;
}

/** @throws ServiceError where there is no such model, or it has not been probed */
export async function probedModel(models: Models, reference: string): Promise<ProbedModel> {
  const card = await models.card(reference);
  return { card, probes: await models.probes(card) };
}

/** The results with only one section. @throws ServiceError where it has not been measured */
export function onlySection(probes: Probes, section: ProbeSection): Probes {
  const { schema, model, digest, code } = probes;
  const entries = requireSection(probes, section);
  const commit = code[section];
  return {
    schema,
    model,
    digest,
    code: commit === undefined ? {} : { [section]: commit },
    [section]: entries,
  };
}

/** @throws ServiceError where the section has not been measured */
export function requireSection<S extends ProbeSection>(
  probes: Probes,
  section: S,
): NonNullable<Probes[S]> {
  const entries = probes[section];
  if (entries) return entries;
  const detail = `model "${probes.model}" has no results of the probe ${section}`;
  throw new ServiceError('probe-not-found', detail);
}

/** @throws ServiceError where a model is unknown, or has no interchange results */
export async function compareProbes(
  models: Models,
  references: readonly string[],
): Promise<CompareProbesResponse> {
  const probed = await Promise.all(
    references.map(async (model) => ({ model, ...(await probedModel(models, model)) })),
  );
  const conditions: CompareProbesResponse['conditions'] = [];
  const summaries: Parameters<typeof summariseComparison>[0][number][] = [];
  for (const { model, card, probes } of probed) {
    for (const figures of requireSection(probes, 'interchange')) {
      const compared = comparedModel(model, card, figures);
      summaries.push({ model, figures, ood: compared.ood });
      const { modality, order, objects } = figures;
      const same = conditions.find(
        (known) =>
          known.modality === modality && known.order === order && known.objects === objects,
      );
      if (same) same.models.push(compared);
      else conditions.push({ modality, order, objects, models: [compared] });
    }
  }
  return { conditions, summary: summariseComparison(summaries) };
}

function comparedModel(model: string, card: ModelCard, figures: Interchange): ComparedModel {
  const { pairs, solved, firstCausalLayer, peakLayer, ratioAtPeak, ratioAtFirstCausal } = figures;
  const peak = figures.layers.find(({ layer }) => layer === peakLayer)?.shares ?? null;
  const evaluation = card.evaluation.results.find(
    ({ modality, order }) => modality === figures.modality && order === figures.order,
  );
  return {
    model,
    digest: card.files.model.sha256,
    pairs,
    solved,
    firstCausalLayer,
    peakLayer,
    ratioAtPeak,
    ratioAtFirstCausal,
    mechanism: peak ? mechanismOf(peak) : 'unknown',
    peak,
    ood: evaluation?.ood ?? null,
  };
}
