/** Figures of the paper, for comparison with ours (arXiv 2602.15183, main table). */

/** Mean accuracy on text beyond training, as shares. */
const PAPER_OOD: Readonly<Record<string, number>> = {
  'text-only': 0.372,
  'noise-text': 0.575,
  'image-text': 0.695,
  'noise-image-text': 0.836,
};

/**
 * The paper's accuracy on text beyond training, for both readings of the order of its associations; undefined
 * for a regime that it does not have.
 */
export const paperOodOf = (regime: string): number | undefined =>
  PAPER_OOD[regime.replace(/-shuffled$/, '')];
