import { OUTCOMES } from '../../contract/probes.ts';
import { FIGURE_LABELS, outcomeTerm, type Outcome } from '../../plots/labels.ts';
import { outcomeKey } from '../../plots/outcome-bars.ts';

/** What each outcome means. */
export const OUTCOME_MEANINGS: Readonly<Record<Outcome, string>> = {
  positional: 'the item at the same position',
  symbolic: 'the item of the same shape',
  reflexive: 'the answer of the other prompt',
  unchanged: 'the same answer as without a patch',
  other: 'any other answer',
};

/** The plain name of an outcome, with its technical term as a tooltip. */
export function OutcomeName({ outcome }: { outcome: Outcome }) {
  return <span title={outcomeTerm(outcome)}>{FIGURE_LABELS.en.outcomes[outcome]}</span>;
}

/** The bars of the charts, explained. */
export function Legend() {
  return (
    <ul class="legend">
      {OUTCOMES.map((outcome) => (
        <li key={outcome}>
          <svg
            class="outcome-key"
            viewBox="0 0 14 14"
            aria-hidden="true"
            dangerouslySetInnerHTML={{ __html: outcomeKey(outcome) }}
          />
          <b>
            <OutcomeName outcome={outcome} />
          </b>{' '}
          {OUTCOME_MEANINGS[outcome]}
        </li>
      ))}
    </ul>
  );
}
