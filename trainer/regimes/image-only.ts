import type { RecipeSource } from './recipe-source.ts';
import { PICTURES, unorderedStages } from './streams.ts';

/** Pictures alone, before the return to text (paper, "Models and curriculum", 2). */
const picturesAlone = <Origin extends string = never>(from?: Origin): RecipeSource<Origin> => ({
  description:
    `${from ? `From ${from}` : 'From scratch, without any text before'}: one-hop questions on ` +
    'pictures (feature grounding in both directions, shape to item), then the task itself on ' +
    'pictures, in the full vocabulary.',
  ...(from !== undefined && { from }),
  // With a random projection the first hop stays at 50 % for a thousand steps, and sometimes for good.
  projection: 'aligned',
  stages: unorderedStages(PICTURES),
});

export const imageOnly = picturesAlone('text-only');
export const noiseImageOnly = picturesAlone('noise-text');
export const scratchImageOnly = picturesAlone();

/**
 * Does it need the token embeddings that its layers were trained with? Those of another seed mean
 * nothing to the layers: what then remains of the text is how it was answered, not what the words were.
 */
export const donorEmbeddingsImageOnly: RecipeSource<'text-only'> = {
  ...picturesAlone('text-only'),
  description:
    "From text-only with the vocabulary embeddings of another seed's text-only: then as image-only.",
  tokenEmbeddingsFrom: 'donor',
};
