import type { z } from 'zod';
import type { badgeSchema } from '../../contract/embeds.ts';
import type { ModelCard } from '../../contract/card.ts';
import type { Proportion } from '../../statistics/intervals.ts';
import { describeProportion } from '../../plots/accuracy.ts';
import type { Badge } from '../../plots/badge.ts';
import { conditionTitle } from '../../plots/labels.ts';
import { requireEvaluation } from '../../services/accuracy.ts';

/** Which accuracy of a model, in a few characters. @throws ServiceError where it was not measured so */
export function badgeOf(card: ModelCard, request: z.output<typeof badgeSchema>): Badge {
  const { range, modality, order } = request;
  const share = requireEvaluation(card, request)[range];
  const what = [range.toUpperCase(), ...(modality === 'image' ? ['pictures'] : [])];
  return {
    label: [...what, ...(order === 'shuffled' ? ['shuffled'] : [])].join(', '),
    message: roundedShare(share),
    title: `${card.id}: ${conditionTitle(request, 'en')}, ${range.toUpperCase()}: ${describeProportion(share, 'en')}`,
  };
}

/** Whole percents, and as many on either side as hold the 95 % interval: `72 % ± 1`. */
export function roundedShare({ accuracy, interval: [low, high] }: Proportion): string {
  const shown = Math.round(100 * accuracy);
  const margin = Math.ceil(Math.max(100 * high - shown, shown - 100 * low));
  return `${shown} % ± ${margin}`;
}
