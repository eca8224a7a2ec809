import {
  explorerParametersSchema,
  type ExplorerParameters,
} from '../../contract/page-parameters.ts';
import type { SiteModel } from '../../contract/pages.ts';
import { readScore, writeScore } from '../../contract/score.ts';
import { elementAt } from '../../task/element-at.ts';
import { ITEMS } from '../../task/items.ts';
import type { Query } from '../../task/query.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { Verdict } from '../components/marks.tsx';
import { addressOf } from '../lib/address.ts';
import type { Guessing } from './guess.ts';

export interface GuessPanelProps {
  readonly query: Query;
  readonly chosen: readonly SiteModel[];
  readonly parameters: ExplorerParameters;
  readonly guessing: Guessing;
}

/** The visitor answers first; the score can be shared. */
export function GuessPanel({ query, chosen, parameters, guessing }: GuessPanelProps) {
  const { isOn, isHidden, guess, score, toggle, choose } = guessing;
  const correct = elementAt(query.scene.objects, query.object).item;
  const shared = () =>
    new URL(
      addressOf('/', explorerParametersSchema, {
        ...parameters,
        score: writeScore(score),
      }),
      location.href,
    ).href;
  return (
    <div class="guess">
      <button type="button" aria-pressed={isOn} onClick={toggle}>
        {isOn ? 'Stop guessing' : 'Guess first'}
      </button>
      {isOn && (
        <p aria-live="polite">
          {isHidden ? (
            <label>
              Your answer:{' '}
              <select
                value=""
                onChange={(event) => {
                  choose(Number(event.currentTarget.value));
                }}
              >
                <option value="">choose an item</option>
                {query.scene.associations.map((index) => {
                  const { item } = elementAt(query.scene.objects, index);
                  return (
                    <option key={item} value={item}>
                      {elementAt(ITEMS, item)}
                    </option>
                  );
                })}
              </select>
            </label>
          ) : (
            guess !== null && (
              <>
                You said <b>{elementAt(ITEMS, guess)}</b> <Verdict correct={guess === correct} />
              </>
            )
          )}
        </p>
      )}
      {isOn && score.asked > 0 && (
        <p>
          You {score.visitor} of {score.asked}
          {chosen.map(({ id }, index) => ` · ${id} ${score.models[index] ?? 0}`)}{' '}
          <CopyButton text={shared} name="link to this score" />
        </p>
      )}
    </div>
  );
}

/** The score of the person who shared the link. */
export function SharedScore({ text, chosen }: { text: string; chosen: readonly SiteModel[] }) {
  const score = readScore(text);
  if (!score) return null;
  return (
    <p class="shared-score">
      The person who sent you this link answered <b>{score.visitor}</b> of {score.asked} questions
      correctly
      {score.models.map((count, index) => `, ${chosen[index]?.id ?? 'another model'} ${count}`)}.
      Guess first below, and see whether you do better.
    </p>
  );
}
