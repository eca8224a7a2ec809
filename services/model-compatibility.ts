import { servedModalities, type ModelCard } from '../contract/card.ts';
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
  const { id, modalities, recipe } = card;
  const refuse = (reason: string): never => {
    throw new ServiceError('incompatible-model', `model "${id}" ${reason}`);
  };
  if (!modalities.includes(packed.modality)) {
    refuse(`reads only ${modalities.join(' and ')}, not ${packed.modality}`);
  }
  if (!servedModalities(card).includes(packed.modality)) {
    const encoder = recipe.encoder ? ` (${recipe.encoder.name})` : '';
    refuse(`cannot read pictures here: its visual encoder${encoder} is too large to be deployed`);
  }
  for (const set of ['colours', 'shapes', 'items'] as const) {
    const known = recipe.vocabulary[set];
    if (vocabulary[set] > known) {
      refuse(`knows the first ${known} ${set}, but the query needs ${vocabulary[set]}`);
    }
  }
  const gaps = packed.scene.gaps.reduce((sum, gap) => sum + gap, 0);
  const moreGaps = packed.modality === 'text' ? Math.max(0, maxPositionGaps - gaps) : 0;
  const last = Math.max(...packed.prompt.positions) + moreGaps;
  const positions = recipe.model.absolutePositions;
  if (positions > 0 && last >= positions) {
    refuse(
      `has ${positions} positions, but the query needs ${last + 1}: use a smaller grid, fewer ` +
        'objects or a smaller maxPositionGaps',
    );
  }
}
