import { DEFAULT_GRID, FULL_VOCABULARY, type Modality, type Vocabulary } from '../task/spec.ts';
import type { ModelCard, TrainedCard } from './card.ts';
import type { Signature } from './signature.ts';

/** The properties that serving and measuring use, for cards of both kinds. */
export interface ModelFacts {
  readonly description: string;
  readonly vocabulary: Vocabulary;
  /** Cells per side of a picture. */
  readonly grid: number;
  readonly layers: number;
  /** D */
  readonly width: number;
  /** 0 where interventions cannot reach single heads. */
  readonly heads: number;
  /** F, the width of the model's visual input; 0 for a model without one. */
  readonly featureWidth: number;
  /** Number of positions that the model has; null for no limit. */
  readonly maxPositions: number | null;
  /** Whether position ids may have gaps. */
  readonly readsGaps: boolean;
  /** Whether one row can have several questions. */
  readonly packsQuestions: boolean;
  /** The inputs and outputs of an imported model; undefined for a trained one. */
  readonly signature: Signature | undefined;
}

export function modelFacts(card: ModelCard): ModelFacts {
  if (card.kind === 'trained') {
    const { recipe } = card;
    const { layers, width, heads, absolutePositions } = recipe.model;
    return {
      ...{ description: recipe.description, vocabulary: recipe.vocabulary, grid: recipe.grid },
      ...{ layers, width, heads, featureWidth: featureWidthOf(card) },
      maxPositions: absolutePositions > 0 ? absolutePositions : null,
      ...{ readsGaps: true, packsQuestions: true, signature: undefined },
    };
  }
  const { description, vocabulary, network, signature } = card;
  const isOwnGraph = signature.kind === 'bindscope';
  return {
    ...{ description, vocabulary, grid: DEFAULT_GRID, ...network, featureWidth: 0 },
    maxPositions: null,
    readsGaps: signature.inputs.some(({ role }) => role === 'positions'),
    ...{ packsQuestions: isOwnGraph, signature },
  };
}

/** F, the width of the model's visual input; 0 for a model without one. */
export function featureWidthOf({
  modalities,
  recipe,
}: {
  readonly modalities: readonly Modality[];
  readonly recipe: Pick<TrainedCard['recipe'], 'model'>;
}): number {
  return modalities.includes('image') ? recipe.model.patchFeatures : 0;
}

/** The vocabulary that all of the models know. */
export function commonVocabulary(
  models: readonly { readonly vocabulary: Vocabulary }[],
): Vocabulary {
  const smallest = (set: keyof Vocabulary) =>
    Math.min(FULL_VOCABULARY[set], ...models.map(({ vocabulary }) => vocabulary[set]));
  return { colours: smallest('colours'), shapes: smallest('shapes'), items: smallest('items') };
}

/** The modalities that a deployment can serve: pictures need an encoder file. */
export function servedModalities({
  modalities,
  files,
}: Pick<ModelCard, 'modalities' | 'files'>): readonly Modality[] {
  return modalities.filter((modality) => modality === 'text' || files.encoder !== null);
}
