import type { AttributedToken, AttributionFigures } from '../contract/attributions.ts';
import { formatWholePercent } from '../statistics/format.ts';

/** A token counts as one that the answer depends on from this share of lost probability on. */
export const MIN_EFFECT = 0.1;

/** A sentence about one answer and the tokens that it depends on. */
export function summariseAttribution(
  model: string,
  { answer, correct, tokens }: Pick<AttributionFigures, 'answer' | 'correct' | 'tokens'>,
): string {
  const needed = tokens
    .filter(({ effect }) => effect >= MIN_EFFECT)
    .sort((a, b) => b.effect - a.effect);
  const verdict = correct ? 'correct' : 'wrong';
  const said =
    `${model} answers ${answer.name} (${verdict}, probability ` +
    `${formatWholePercent(answer.probability)})`;
  if (needed.length === 0) return `${said}; no single token is necessary for it.`;
  const list = needed.slice(0, 5).map(loss).join(', ');
  const more = needed.length > 5 ? ` and ${needed.length - 5} more` : '';
  return `${said}. Cutting attention to one token loses this much of that probability: ${list}${more}.`;
}

const loss = ({ role, name, effect }: AttributedToken) =>
  `${role} ${name} ${formatWholePercent(effect)}`;
