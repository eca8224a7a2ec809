import type { CompareRequest, CompareResponse } from '../contract/api.ts';
import type { ModelCard } from '../contract/card.ts';
import { compareOutcomes, type ModelOutcomes, type OutcomesAt } from '../inference/compare.ts';
import { answerQueries, packedScene, queryPlaces } from '../inference/evaluate.ts';
import { parseSpec, type QuerySpec, type Vocabulary } from '../task/spec.ts';
import { requireAffordableComparison } from './budget.ts';
import type { Models } from './models.ts';
import { commonVocabulary, requireSuitable } from './suitability.ts';

/**
 * @throws Problem where a model is unknown, cannot read such queries, or all would be too much work
 * @throws SpecError where the parameters do not fit together
 */
export async function runComparison(
  models: Models,
  request: CompareRequest,
): Promise<CompareResponse> {
  const { seed, queries, perScene } = request;
  const cards = await Promise.all(request.models.map((id) => models.card(id)));
  const vocabulary = { ...commonVocabulary(cards), ...givenVocabulary(request) };
  const specs = specsOf(request, vocabulary);
  requireReadable(cards, specs, request);

  const outcomes: ModelOutcomes[] = [];
  for (const card of cards) {
    const runner = await models.runner(card);
    const byObjects: OutcomesAt[] = [];
    for (const spec of specs) {
      const places = queryPlaces(spec.objects, queries, perScene);
      const answers = await answerQueries(runner, spec, seed, places);
      byObjects.push({ objects: spec.objects, right: answers.map(({ right }) => right) });
    }
    outcomes.push({ model: card.id, byObjects });
  }
  return {
    queries: { ...specs[0], objects: request.objects, seed, count: queries, perScene },
    digests: Object.fromEntries(cards.map(({ id, files }) => [id, files.model.sha256])),
    ...compareOutcomes(outcomes),
  };
}

function givenVocabulary({ colours, shapes, items }: CompareRequest): Partial<Vocabulary> {
  return {
    ...(colours !== undefined && { colours }),
    ...(shapes !== undefined && { shapes }),
    ...(items !== undefined && { items }),
  };
}

function specsOf(request: CompareRequest, vocabulary: Vocabulary): QuerySpec[] {
  const { split, modality, order, question, noise, grid } = request;
  return request.objects.map((objects) =>
    parseSpec({ split, modality, order, question, noise, grid, objects, vocabulary }),
  );
}

/** Refuses, before anything runs, what some model cannot read or all together cannot afford. */
function requireReadable(
  cards: readonly ModelCard[],
  specs: readonly QuerySpec[],
  { seed, queries, perScene }: CompareRequest,
): void {
  const scenes = specs.map((spec) => {
    const sample = packedScene(spec, seed, [{ index: 0, question: 0 }]);
    for (const card of cards) requireSuitable(card, sample, spec.vocabulary);
    return {
      prefix: sample.prompt.tokens.length - 2,
      questionsPerScene: Math.min(spec.objects, perScene),
    };
  });
  requireAffordableComparison(cards, scenes, queries);
}
