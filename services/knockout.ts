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
import { parseSpec, type QuerySpec } from '../task/spec.ts';
import { requireAffordableCount, rowsPerRun, workOf } from './cost-limit.ts';
import type { Models } from './models.ts';
import { invalidPart } from './service-error.ts';
import { requireCompatible, requireHooks } from './model-compatibility.ts';

/** A valid knockout: the model can read the queries, and has the attention that is cut. */
export interface KnockoutPlan {
  readonly card: ModelCard;
  readonly spec: QuerySpec;
  readonly seed: number;
  readonly cut: EdgeCut;
  /** Multiply-adds of one query. */
  readonly workOfQuery: number;
  /** Queries of one run. */
  readonly batch: number;
}

/** Whether each query is answered correctly, by the whole model and with the cut. */
export interface CutOutcomes {
  readonly baseline: readonly boolean[];
  readonly cut: readonly boolean[];
}

/**
 * Checks before anything runs that a model can read the queries and has the attention; not how much work they are.
 *
 * @param at where the cut is in the request, for refusals
 * @throws ServiceError where the model or the prompt has no such attention, or the model cannot read the queries
 * @throws SpecError where the parameters contradict each other
 */
export function planKnockout(
  card: ModelCard,
  request: Omit<KnockoutRequest, 'model' | 'queries'>,
  at: string,
): KnockoutPlan {
  const { objects, seed, modality, order } = request;
  const vocabulary = modelFacts(card).vocabulary;
  const spec = parseSpec({ objects, modality, order, vocabulary });
  const sample = packScene(spec, seed, [{ index: 0, question: 0 }]);
  requireCompatible(card, sample, vocabulary);
  requireHooks(card, 'attention');
  const cut = cutOf(card, request, sample.prompt, at);
  const tokens = sample.prompt.tokens.length;
  const workOfQuery = 2 * workOf(card, tokens);
  return { card, spec, seed, cut, workOfQuery, batch: rowsPerRun(tokens) };
}

/** Answers the queries from `start` up to but without `end`. Parts that end where a run ends have the same runs. */
export async function answerKnockout(
  models: Pick<Models, 'subject'>,
  { card, spec, seed, cut, batch }: KnockoutPlan,
  start: number,
  end: number,
): Promise<CutOutcomes> {
  const subject = await models.subject(card);
  const parts = await mapBatches(end - start, batch, async (indices) => {
    const queries = indices.map((index) => start + index);
    return [await answerWithAblations(subject, spec, seed, queries, [cut], attentionCuts)];
  });
  const { baseline, ablated } = concatAnswers(parts);
  return { baseline, cut: elementAt(ablated, 0) };
}

/** @param model as the request names it */
export function knockoutResult(
  model: string,
  { card, spec, seed, cut: { from, to, layers } }: KnockoutPlan,
  outcomes: CutOutcomes,
): KnockoutResponse {
  const baseline = accuracyOf(outcomes.baseline);
  const effect = ablationEffect(outcomes.baseline, outcomes.cut);
  return {
    model,
    digest: card.files.model.sha256,
    queries: { ...spec, seed, count: outcomes.baseline.length },
    from,
    to,
    layers: [...layers],
    baseline,
    cut: effect,
    summary: summariseCut({ from, to, layers: [...layers] }, baseline, effect),
  };
}

/**
 * Answers queries with and without the attention of one group of tokens to another.
 *
 * @throws ServiceError as `planKnockout` does, and where the work is too much
 * @throws SpecError where the parameters contradict each other
 */
export async function runKnockout(
  models: Pick<Models, 'card' | 'subject'>,
  request: KnockoutRequest,
): Promise<KnockoutResponse> {
  const { model, queries } = request;
  const plan = planKnockout(await models.card(model), request, 'body');
  requireAffordableCount(plan.workOfQuery, queries, 'queries');
  return knockoutResult(model, plan, await answerKnockout(models, plan, 0, queries));
}

/** @throws ServiceError where the model has no such layers, or the prompt no such attention */
function cutOf(
  card: ModelCard,
  request: Pick<KnockoutRequest, 'from' | 'to' | 'layers' | 'modality'>,
  prompt: PackedPrompt,
  at: string,
): EdgeCut {
  const { from, to, modality } = request;
  const { id } = card;
  const last = modelFacts(card).layers - 1;
  const layers = request.layers ?? [0, last];
  if (layers[0] > layers[1] || layers[1] > last) {
    throw invalidPart(
      `${at}.layers`,
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
      `${at}.to`,
      `in a ${modality} prompt, no ${from} token attends to another ${to} token: ${allowed}`,
    );
  }
  return { from, to, layers };
}
