import { modelFacts } from '../contract/model-facts.ts';
import type { Sweep, SweepRequest } from '../contract/interventions.ts';
import { packScene } from '../inference/answer-queries.ts';
import { mapBatches } from '../probes/map-batches.ts';
import { questionsOfSweep, SOURCE_PROMPTS, sweepLayers } from '../probes/interchange.ts';
import { summarise } from '../probes/interchange-summary.ts';
import { summariseInterchange } from '../probes/interpretation.ts';
import { parseSpec } from '../task/spec.ts';
import { requireAffordableCount, rowsPerRun, workOf } from './cost-limit.ts';
import type { Models } from './models.ts';
import { requireCompatible, requireHooks } from './model-compatibility.ts';

/**
 * Patches every layer of many generated pairs.
 *
 * @throws ServiceError where the model cannot read the queries, or the work is too much
 * @throws SpecError where the parameters contradict each other
 */
export async function runSweep(models: Models, request: SweepRequest): Promise<Sweep> {
  const card = await models.card(request.model);
  const { objects, pairs, seed, modality, order } = request.sweep;
  const vocabulary = modelFacts(card).vocabulary;
  const spec = parseSpec({ objects, modality, order, vocabulary });
  const sample = packScene(spec, seed, [{ index: 0, question: 0 }]);
  requireCompatible(card, sample, vocabulary);
  requireHooks(card, 'residual');

  // For each pair, `sweepLayers` runs the prompts that patches are taken from, and one with a question for every patch.
  const single = sample.prompt.tokens.length;
  const packed = single + questionsOfSweep(modelFacts(card).layers) - 1;
  const workOfPair = workOf(card, packed) + SOURCE_PROMPTS * workOf(card, single);
  requireAffordableCount(workOfPair, pairs, 'pairs');

  const subject = await models.subject(card);
  const outcomes = await mapBatches(pairs, rowsPerRun(packed), (indices) =>
    sweepLayers(subject, spec, seed, indices),
  );
  const summary = summarise(outcomes);
  const figures = { modality, order, objects, ...summary };
  return {
    kind: 'sweep',
    model: request.model,
    digest: card.files.model.sha256,
    split: 'test',
    seed,
    ...figures,
    layers: [...summary.layers],
    summary: summariseInterchange(request.model, figures),
  };
}
