import { commonVocabulary, type ModelCard } from '../contract/card.ts';
import type { KnockoutRequest, KnockoutResponse } from '../contract/interventions.ts';
import { packScene } from '../inference/answer-queries.ts';
import { mapBatches } from '../probes/map-batches.ts';
import { attentionCuts, causalEdges, type EdgeCut } from '../probes/knockout.ts';
import { answerWithAblations, concatAnswers, ablationEffect } from '../probes/ablation.ts';
import { accuracyOf } from '../statistics/intervals.ts';
import { summariseCut } from '../probes/interpretation.ts';
import type { PackedPrompt } from '../task/prompt.ts';
import { parseSpec } from '../task/spec.ts';
import { requireAffordableCount, rowsPerRun, workOf } from './cost-limit.ts';
import type { Models } from './models.ts';
import { invalidPart } from './problem.ts';
import { requireCompatible } from './model-compatibility.ts';

/**
 * Answers queries with and without the attention of one group of tokens to another.
 *
 * @throws Problem where the cut is not in the model or the prompt, the model cannot be probed or
 *   cannot read such queries, or all would be too much work
 * @throws SpecError where the parameters do not fit together
 */
export async function runKnockout(
  models: Models,
  request: KnockoutRequest,
): Promise<KnockoutResponse> {
  const card = await models.card(request.model);
  const { objects, queries, seed, modality, order } = request;
  const vocabulary = commonVocabulary([card]);
  const spec = parseSpec({ objects, modality, order, vocabulary });
  const sample = packScene(spec, seed, [{ index: 0, question: 0 }]);
  requireCompatible(card, sample, vocabulary);
  const cut = cutOf(card, request, sample.prompt);
  const tokens = sample.prompt.tokens.length;
  requireAffordableCount(2 * workOf(card, tokens), queries, 'queries');

  const subject = await models.subject(card);
  const parts = await mapBatches(queries, rowsPerRun(tokens), async (indices) => [
    await answerWithAblations(subject, spec, seed, indices, [cut], attentionCuts),
  ]);
  const { baseline: unharmed, ablated } = concatAnswers(parts);
  const baseline = accuracyOf(unharmed);
  const lesion = ablationEffect(unharmed, ablated[0]);
  const { from, to, layers } = cut;
  return {
    model: request.model,
    digest: card.files.model.sha256,
    queries: { ...spec, seed, count: queries },
    from,
    to,
    layers: [...layers],
    baseline,
    cut: lesion,
    summary: summariseCut({ from, to, layers: [...layers] }, baseline, lesion),
  };
}

/** @throws Problem where there is nothing to cut */
function cutOf({ id, recipe }: ModelCard, request: KnockoutRequest, prompt: PackedPrompt): EdgeCut {
  const { from, to, modality } = request;
  const last = recipe.model.layers - 1;
  const layers = request.layers ?? [0, last];
  if (layers[0] > layers[1] || layers[1] > last) {
    throw invalidPart(
      'body.layers',
      `layers must be a first and a last layer of model "${id}", which has layers 0 to ${last}`,
    );
  }
  const edges = causalEdges(prompt);
  if (!edges.some((edge) => edge.from === from && edge.to === to)) {
    const readable = edges.filter((edge) => edge.from === from).map((edge) => edge.to);
    const allowed =
      readable.length > 0
        ? `${from} tokens see ${readable.join(', ')}`
        : `from may be ${[...new Set(edges.map((edge) => edge.from))].join(', ')}`;
    throw invalidPart(
      'body.to',
      `in a ${modality} prompt no ${from} token sees another ${to} token: ${allowed}`,
    );
  }
  return { from, to, layers };
}
