import type { z } from 'zod';
import type { badgeSchema } from '../../contract/embeds.ts';
import type { ModelCard } from '../../contract/card.ts';
import type { Proportion } from '../../statistics/intervals.ts';
import { describeProportion } from '../../plots/accuracy.ts';
import type { Badge } from '../../plots/badge.ts';
import { conditionTitle } from '../../plots/labels.ts';
import { requireEvaluation } from '../../services/accuracy.ts';

/** An accuracy of a model as a badge. @throws ServiceError where it was not measured */
export function badgeOf(card: ModelCard, request: z.output<typeof badgeSchema>): Badge {
  const { range, modality, order } = request;
  const share = requireEvaluation(card, request)[range];
  const condition = [range.toUpperCase(), ...(modality === 'image' ? ['pictures'] : [])];
  return {
    label: [...condition, ...(order === 'shuffled' ? ['shuffled'] : [])].join(', '),
    message: roundedShare(share),
    title: `${card.id}: ${conditionTitle(request, 'en')}, ${range.toUpperCase()}: ${describeProportion(share, 'en')}`,
  };
}

/** Whole percents, with the smallest whole margin that contains the 95 % interval: `72 % ± 1`. */
export function roundedShare({ accuracy, interval: [low, high] }: Proportion): string {
  const rounded = Math.round(100 * accuracy);
  const margin = Math.ceil(Math.max(100 * high - rounded, rounded - 100 * low));
  return `${rounded} % ± ${margin}`;
}
