import type { ModelCard } from '../contract/card.ts';
import { modelFacts, servedModalities } from '../contract/model-facts.ts';
import type { PackedScene } from '../inference/answer-queries.ts';
import type { Vocabulary } from '../task/spec.ts';
import { ServiceError } from './service-error.ts';

/** The smallest vocabulary that contains every object of a scene. */
export function vocabularyOf({ scene }: PackedScene): Vocabulary {
  const sizeOf = (kind: 'colour' | 'shape' | 'item') =>
    1 + Math.max(...scene.objects.map((object) => object[kind]));
  return { colours: sizeOf('colour'), shapes: sizeOf('shape'), items: sizeOf('item') };
}

/**
 * Refuses interventions that the graph of an imported model does not allow.
 *
 * @param site the residual stream; or attention, which includes single heads
 * @throws ServiceError that states the reason
 */
export function requireHooks(card: ModelCard, site: 'residual' | 'attention'): void {
  const reason = card.kind === 'imported' ? card.hooks[site] : null;
  if (reason === null) return;
  const what = site === 'residual' ? 'the residual stream' : 'single heads or attention';
  const detail = `interventions cannot reach ${what} of model "${card.id}": ${reason}`;
  throw new ServiceError('incompatible-model', detail);
}

/**
 * Refuses queries outside of what the model was trained to read: its answers would mean nothing.
 *
 * @param packed an example of the scenes that the model shall read
 * @param vocabulary the vocabulary that all the scenes are drawn from
 * @param maxPositionGaps most gaps in the positions of any of the scenes
 * @throws ServiceError that says what the model can read
 */
export function requireCompatible(
  card: ModelCard,
  packed: PackedScene,
  vocabulary: Vocabulary,
  maxPositionGaps = 0,
): void {
  const { id, modalities } = card;
  const facts = modelFacts(card);
  const refuse = (reason: string): never => {
    throw new ServiceError('incompatible-model', `model "${id}" ${reason}`);
  };
  if (!modalities.some((modality) => modality === packed.modality)) {
    refuse(`reads only ${modalities.join(' and ')}, not ${packed.modality}`);
  }
  if (!servedModalities(card).includes(packed.modality)) {
    const encoder =
      card.kind === 'trained' && card.recipe.encoder ? ` (${card.recipe.encoder.name})` : '';
    refuse(`cannot read pictures here: its visual encoder${encoder} is too large to be deployed`);
  }
  for (const set of ['colours', 'shapes', 'items'] as const) {
    const known = facts.vocabulary[set];
    if (vocabulary[set] > known) {
      refuse(`knows the first ${known} ${set}, but the query needs ${vocabulary[set]}`);
    }
  }
  const gaps = packed.scene.gaps.reduce((sum, gap) => sum + gap, 0);
  const moreGaps = packed.modality === 'text' ? Math.max(0, maxPositionGaps - gaps) : 0;
  if (!facts.readsGaps && (gaps > 0 || moreGaps > 0)) {
    refuse('has no input position_ids, so its positions cannot have gaps: use maxPositionGaps 0');
  }
  const last = Math.max(...packed.prompt.positions) + moreGaps;
  const positions = facts.maxPositions;
  if (positions !== null && last >= positions) {
    refuse(
      `has ${positions} positions, but the query needs ${last + 1}: use a smaller grid, fewer ` +
        'objects or a smaller maxPositionGaps',
    );
  }
}
