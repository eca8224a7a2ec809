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

/** The paper's pairs of a language model and one that sees: symbolic per positional outcomes at their layer of largest effect. */
export const PAPER_PAIRS = [
  { name: 'qwen2', models: ['Qwen2', 'Qwen2-VL'], ratios: [1.383, 1.499], layer: 22 },
  { name: 'qwen2.5', models: ['Qwen2.5', 'Qwen2.5-VL'], ratios: [1.218, 1.282], layer: 22 },
  { name: 'qwen3', models: ['Qwen3', 'Qwen3-VL'], ratios: [1.819, 2.463], layer: 28 },
] as const;
