import { commonVocabulary } from '../contract/card.ts';
import type { Sweep, SweepRequest } from '../contract/interventions.ts';
import { packScene } from '../inference/answer-queries.ts';
import { mapBatches } from '../probes/map-batches.ts';
import { questionsOfSweep, sweepLayers } from '../probes/interchange.ts';
import { summarise } from '../probes/interchange-summary.ts';
import { summariseInterchange } from '../probes/interpretation.ts';
import { parseSpec } from '../task/spec.ts';
import { requireAffordableCount, rowsPerRun, workOf } from './cost-limit.ts';
import type { Models } from './models.ts';
import { requireCompatible } from './model-compatibility.ts';

/**
 * Patches every layer of many drawn pairs.
 *
 * @throws Problem where the model cannot be probed or cannot read such queries, or all would be too
 *   much work
 * @throws SpecError where the parameters do not fit together
 */
export async function runSweep(models: Models, request: SweepRequest): Promise<Sweep> {
  const card = await models.card(request.model);
  const { objects, pairs, seed, modality, order } = request.sweep;
  const vocabulary = commonVocabulary([card]);
  const spec = parseSpec({ objects, modality, order, vocabulary });
  const sample = packScene(spec, seed, [{ index: 0, question: 0 }]);
  requireCompatible(card, sample, vocabulary);

  // `sweepLayers` packs its questions behind one scene; first it runs both prompts and a control's.
  const alone = sample.prompt.tokens.length;
  const packed = alone + 2 * (questionsOfSweep(card.recipe.model.layers) - 1);
  const workOfPair = workOf(card, packed) + 3 * workOf(card, alone);
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
