import { servedModalities, type ModelCard } from '../contract/card.ts';
import type { PackedScene } from '../inference/answer-queries.ts';
import type { Vocabulary } from '../task/spec.ts';
import { Problem } from './problem.ts';

/** What the model must know to read a scene: how many of each set. */
export function vocabularyOf({ scene }: PackedScene): Vocabulary {
  const reach = (kind: 'colour' | 'shape' | 'item') =>
    1 + Math.max(...scene.objects.map((object) => object[kind]));
  return { colours: reach('colour'), shapes: reach('shape'), items: reach('item') };
}

/**
 * Refuses what a model was never taught to read, as its answer would mean nothing.
 *
 * @param packed any scene of those it shall read
 * @param vocabulary the vocabulary that they are drawn from
 * @param noise most gaps in the positions of any of them, where they are not all like this one
 * @throws Problem that says what the model does read
 */
export function requireCompatible(
  card: ModelCard,
  packed: PackedScene,
  vocabulary: Vocabulary,
  noise = 0,
): void {
  const { id, modalities, recipe } = card;
  const refuse = (reason: string): never => {
    throw new Problem('incompatible-model', `model "${id}" ${reason}`);
  };
  if (!modalities.includes(packed.modality)) {
    refuse(`reads ${modalities.join(' and ')} only, not ${packed.modality}`);
  }
  if (!servedModalities(card).includes(packed.modality)) {
    const encoder = recipe.encoder ? ` (${recipe.encoder.name})` : '';
    refuse(`cannot look at pictures here: its visual encoder${encoder} is too large to be served`);
  }
  for (const set of ['colours', 'shapes', 'items'] as const) {
    const known = recipe.vocabulary[set];
    if (vocabulary[set] > known) {
      refuse(
        `knows the first ${known} ${set} of the vocabulary, the query needs ${vocabulary[set]}`,
      );
    }
  }
  const gaps = packed.scene.gaps.reduce((sum, gap) => sum + gap, 0);
  const furtherGaps = packed.modality === 'text' ? Math.max(0, noise - gaps) : 0;
  const last = Math.max(...packed.prompt.positions) + furtherGaps;
  const positions = recipe.model.absolutePositions;
  if (positions > 0 && last >= positions) {
    refuse(
      `has ${positions} positions, the query needs ${last + 1}: use a smaller grid or less noise`,
    );
  }
}
