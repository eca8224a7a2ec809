import { noiseStage } from './noise-text.ts';
import type { RecipeSource } from './recipe-source.ts';
import {
  HOPS_ON_SHUFFLED_TEXT,
  NOISE,
  PICTURES,
  returnToText,
  unorderedStages,
} from './streams.ts';
import { textStages } from './text-only.ts';

/**
 * Another reading of the paper's task, "associations in an order of their own": shuffled in all text, from
 * the first step. Position never leads to the answer. Attention from the associations to the context is
 * never masked, so that a model can bind at the items as well as at the query. Everything else is as in the
 * regime without `-shuffled` in its name, after one-hop questions that the task needs here.
 */
const UNMASKED = { contextMaskProbability: 0 } as const;

export const textOnlyShuffled: RecipeSource = {
  ...UNMASKED,
  description:
    'Text alone, from scratch, associations shuffled: one-hop questions first, then as text-only. ' +
    'Associations attend to the context.',
  stages: [HOPS_ON_SHUFFLED_TEXT, ...textStages('shuffled')],
};

export const noiseTextShuffled: RecipeSource<'text-only-shuffled'> = {
  ...UNMASKED,
  description:
    'From text-only-shuffled: as noise-text, with shuffled associations that attend to the context.',
  from: 'text-only-shuffled',
  stages: [noiseStage('shuffled')],
};

const pictures = <Origin extends string>(from: Origin): RecipeSource<Origin> => ({
  ...UNMASKED,
  description: `From ${from}: as image-only, with associations that attend to the picture.`,
  from,
  projection: 'aligned',
  stages: unorderedStages(PICTURES),
});

export const imageOnlyShuffled = pictures('text-only-shuffled');
export const noiseImageOnlyShuffled = pictures('noise-text-shuffled');

const backToText = <Origin extends string>(
  from: Origin,
  maxPositionGaps: number,
): RecipeSource<Origin> => ({
  ...UNMASKED,
  description:
    `From ${from}: shuffled text again, ${maxPositionGaps > 0 ? 'with noise tokens, ' : ''}80 %, with ` +
    '20 % pictures. Associations attend to the context.',
  from,
  stages: [returnToText(maxPositionGaps, PICTURES, 'shuffled')],
});

export const imageTextShuffled = backToText('image-only-shuffled', 0);
export const noiseImageTextShuffled = backToText('noise-image-only-shuffled', NOISE);
