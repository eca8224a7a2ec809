import type { AttributedToken, AttributionFigures } from '../../../contract/attributions.ts';
import { elementAt } from '../../../task/element-at.ts';
import { percent } from '../../lib/format.ts';

export interface CandidatesProps {
  readonly figures: AttributionFigures;
  readonly layer: number;
  /** The token whose arrow is cut. */
  readonly cut: AttributedToken | undefined;
}

/** The most probable answers, and how probable the stream decodes them to be at a layer. */
export function Candidates({ figures, layer, cut }: CandidatesProps) {
  const { candidates, stream, answer } = figures;
  const at = elementAt(stream, layer);
  const rows = cut
    ? withCut(cut, answer)
    : candidates.map(({ token, name }, index) => ({
        token,
        name,
        probability: at.candidates[index] ?? 0,
      }));
  return (
    <dl class="candidates">
      {rows.map(({ token, name, probability }) => (
        <div key={token}>
          <dt>{name}</dt>
          <dd>
            <svg class="bar">
              <rect width={`${(100 * probability).toFixed(2)}%`} height="100%" />
            </svg>
            <span class="number">{percent(probability)}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function withCut({ answer, probability }: AttributedToken, original: AttributionFigures['answer']) {
  const before = { ...original, probability };
  return answer.token === original.token ? [before] : [answer, before];
}
