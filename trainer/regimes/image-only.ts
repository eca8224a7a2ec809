import { PICTURES, unorderedStages } from './streams.ts';
import type { Regime, RecipeSource } from './index.ts';

/** The visual stages by themselves, before text returns (paper, "Models and curriculum", 2). */
const beforeReturn = (regime: Regime, from?: Regime): RecipeSource => ({
  regime,
  description:
    `${from ? `From ${from}` : 'From scratch, without any text before'}: one-hop questions on ` +
    'pictures (feature grounding in both directions, shape to item), then the task itself on ' +
    'pictures, in the full vocabulary.',
  ...(from && { from }),
  // A fresh projection leaves the first hop at one half for a thousand steps, and sometimes for good.
  projection: 'aligned',
  stages: unorderedStages(PICTURES),
});

export const imageOnly = beforeReturn('image-only', 'text-only');
export const noiseImageOnly = beforeReturn('noise-image-only', 'noise-text');
export const scratchImageOnly = beforeReturn('scratch-image-only');

/**
 * Does it take the words that the layers grew up with? Those of another seed mean nothing to them: what is
 * left of the text is how it was answered, not what the words were.
 */
export const donorEmbeddingsImageOnly: RecipeSource = {
  ...beforeReturn('donor-embeddings-image-only', 'text-only'),
  description:
    "From text-only with the vocabulary embeddings of another seed's text-only: then as image-only.",
  tokenEmbeddingsFrom: 'donor',
};
