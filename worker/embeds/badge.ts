import type { z } from 'zod';
import type { badgeSchema } from '../../contract/embeds.ts';
import type { ModelCard } from '../../contract/card.ts';
import type { Proportion } from '../../statistics/intervals.ts';
import { describeProportion } from '../../plots/accuracy.ts';
import type { Badge } from '../../plots/badge.ts';
import { conditionTitle, FIGURE_LABELS } from '../../plots/labels.ts';
import { MEASUREMENT_LABELS } from '../../plots/measurement-labels.ts';
import { requireEvaluation } from '../../services/accuracy.ts';

/**
 * An accuracy of a model as a badge.
 *
 * @param reference the model as the address names it
 * @throws ServiceError where it was not measured
 */
export function badgeOf(
  card: ModelCard,
  reference: string,
  request: z.output<typeof badgeSchema>,
): Badge {
  const { range, modality, order, locale } = request;
  const share = requireEvaluation(card, request)[range];
  const { ranges, contexts } = MEASUREMENT_LABELS[locale];
  const { shuffled } = FIGURE_LABELS[locale];
  const condition = [
    ...(modality === 'image' ? [contexts.image] : []),
    ...(order === 'shuffled' ? [shuffled] : []),
    ranges[range],
  ];
  return {
    label: `${reference}, ${condition.join(', ')}`,
    message: roundedShare(share),
    title: `${reference}: ${conditionTitle(request, locale)}, ${ranges[range]}: ${describeProportion(share, locale)}`,
  };
}

/** Whole percents, with the smallest whole margin that contains the 95 % interval: `72 % ± 1`. */
export function roundedShare({ accuracy, interval: [low, high] }: Proportion): string {
  const rounded = Math.round(100 * accuracy);
  const margin = Math.ceil(Math.max(100 * high - rounded, rounded - 100 * low));
  return `${rounded} % ± ${margin}`;
}
