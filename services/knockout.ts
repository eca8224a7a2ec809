import type { ModelCard } from '../contract/card.ts';
import { modelFacts } from '../contract/model-facts.ts';
import type { KnockoutRequest, KnockoutResponse } from '../contract/knockouts.ts';
import { packScene } from '../inference/answer-queries.ts';
import { mapBatches } from '../probes/map-batches.ts';
import { attentionCuts, causalEdges, type EdgeCut } from '../probes/knockout.ts';
import { answerWithAblations, concatAnswers, ablationEffect } from '../probes/ablation.ts';
import { summariseCut } from '../probes/interpretation.ts';
import { accuracyOf } from '../statistics/intervals.ts';
import { elementAt } from '../task/element-at.ts';
import type { PackedPrompt } from '../task/prompt.ts';
import { parseSpec } from '../task/spec.ts';
import { requireAffordableCount, rowsPerRun, workOf } from './cost-limit.ts';
import type { Models } from './models.ts';
import { invalidPart } from './service-error.ts';
import { requireCompatible, requireHooks } from './model-compatibility.ts';

/**
 * Answers queries with and without the attention of one group of tokens to another.
 *
 * @throws ServiceError where the model or the prompt has no such attention, the model cannot read the
 *   queries, or the work is too much
 * @throws SpecError where the parameters contradict each other
 */
export async function runKnockout(
  models: Models,
  request: KnockoutRequest,
): Promise<KnockoutResponse> {
  const card = await models.card(request.model);
  const { objects, queries, seed, modality, order } = request;
  const vocabulary = modelFacts(card).vocabulary;
  const spec = parseSpec({ objects, modality, order, vocabulary });
  const sample = packScene(spec, seed, [{ index: 0, question: 0 }]);
  requireCompatible(card, sample, vocabulary);
  requireHooks(card, 'attention');
  const cut = cutOf(card, request, sample.prompt);
  const tokens = sample.prompt.tokens.length;
  requireAffordableCount(2 * workOf(card, tokens), queries, 'queries');

  const subject = await models.subject(card);
  const parts = await mapBatches(queries, rowsPerRun(tokens), async (indices) => [
    await answerWithAblations(subject, spec, seed, indices, [cut], attentionCuts),
  ]);
  const answers = concatAnswers(parts);
  const baseline = accuracyOf(answers.baseline);
  const effect = ablationEffect(answers.baseline, elementAt(answers.ablated, 0));
  const { from, to, layers } = cut;
  return {
    model: request.model,
    digest: card.files.model.sha256,
    queries: { ...spec, seed, count: queries },
    from,
    to,
    layers: [...layers],
    baseline,
    cut: effect,
    summary: summariseCut({ from, to, layers: [...layers] }, baseline, effect),
  };
}

/** @throws ServiceError where the model has no such layers, or the prompt no such attention */
function cutOf(card: ModelCard, request: KnockoutRequest, prompt: PackedPrompt): EdgeCut {
  const { from, to, modality } = request;
  const { id } = card;
  const last = modelFacts(card).layers - 1;
  const layers = request.layers ?? [0, last];
  if (layers[0] > layers[1] || layers[1] > last) {
    throw invalidPart(
      'body.layers',
      `layers must be the first and the last layer of the cut; model "${id}" has layers 0 to ${last}`,
    );
  }
  const edges = causalEdges(prompt);
  if (!edges.some((edge) => edge.from === from && edge.to === to)) {
    const visible = edges.filter((edge) => edge.from === from).map((edge) => edge.to);
    const allowed =
      visible.length > 0
        ? `${from} tokens attend to ${visible.join(', ')}`
        : `from must be one of ${[...new Set(edges.map((edge) => edge.from))].join(', ')}`;
    throw invalidPart(
      'body.to',
      `in a ${modality} prompt, no ${from} token attends to another ${to} token: ${allowed}`,
    );
  }
  return { from, to, layers };
}
