import type { ModelCard } from '../contract/card.ts';
import type { AttributionRequest, AttributionResponse } from '../contract/attributions.ts';
import { modelFacts } from '../contract/model-facts.ts';
import { attributionFigures } from '../probes/attribution-figures.ts';
import { summariseAttribution } from '../probes/attribution-summary.ts';
import { COPIES_PER_ROW } from '../probes/question-copies.ts';
import { requireAffordable, workOf } from './cost-limit.ts';
import { requireCompatible, requireHooks, vocabularyOf } from './model-compatibility.ts';
import type { Models } from './models.ts';
import { queryWords } from './query-resource.ts';
import { resolveQuery } from './resolve-query.ts';

/**
 * Which earlier tokens the answer of a model to one query depends on.
 *
 * @throws ServiceError where the query is invalid, the model cannot read it, its attention cannot be cut,
 *   or the work is too much
 */
export async function runAttribution(
  models: Models,
  request: AttributionRequest,
): Promise<AttributionResponse> {
  const card = await models.card(request.model);
  const { name, query, ask, modality, grid } = resolveQuery(request.query, 'body.query');
  const packed = { scene: query.scene, prompt: query.prompt, modality, grid };
  requireCompatible(card, packed, vocabularyOf(packed));
  requireHooks(card, 'residual');
  requireHooks(card, 'attention');
  requireAffordable(
    attributionWork(card, query.prompt.tokens.length, request.layered),
    'use fewer objects, a smaller grid, or fewer layered tokens',
  );

  const subject = await models.subject(card);
  const question = { scene: query.scene, ask, modality, grid };
  const figures = await attributionFigures(subject, question, request);
  return {
    model: request.model,
    digest: card.files.model.sha256,
    query: { name, ...queryWords(query) },
    ...figures,
    summary: summariseAttribution(request.model, figures),
  };
}

/** Multiply-adds, for a prompt of some tokens. */
function attributionWork(card: ModelCard, tokens: number, layered: number): number {
  const { layers, packsQuestions } = modelFacts(card);
  const workOfCopies = (copies: number): number => {
    if (!packsQuestions) return copies * workOf(card, tokens);
    if (copies <= 0) return 0;
    const inRow = Math.min(copies, COPIES_PER_ROW);
    return workOf(card, tokens - 2 + 2 * inRow) + workOfCopies(copies - inRow);
  };
  // The clean copy and one for each token before the question; then the decoded layers, and the cuts by layer.
  const byLayer = layered > 0 ? layers + 1 + layered * (layers - 1) : 0;
  return workOfCopies(tokens - 1) + workOfCopies(byLayer);
}
