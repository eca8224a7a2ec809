import type { ShownAnswer, SiteModel } from '../../contract/pages.ts';
import { COLOURS } from '../../task/colours.ts';
import type { Query } from '../../task/query.ts';
import { objectNames } from '../../task/query.ts';
import { itemToken } from '../../task/tokens.ts';
import { ShapeIcon, ModelMarker } from '../components/marks.tsx';

export interface ListsProps {
  readonly query: Query;
  readonly models: readonly SiteModel[];
  readonly answers: readonly ShownAnswer[];
  readonly onAsk: (object: number) => void;
  /** Value of the radio of an object: the number of the question about it. */
  readonly valueOf: (object: number) => number;
}

/** The scene as words: what the models read, in the order in which they read it. */
export function Lists({ query, models, answers, onAsk, valueOf }: ListsProps) {
  const { scene, object: asked } = query;
  const right = scene.associations.indexOf(asked);
  return (
    <div class="lists">
      <fieldset>
        <legend>
          First the text says what there is <small>(choose one to ask about its colour)</small>
        </legend>
        <ol class="pairs">
          {scene.objects.map((object, place) => {
            const { colour, shape } = objectNames(object);
            return (
              <li key={object.colour}>
                <label class={place === asked ? 'pair is-asked' : 'pair'}>
                  <input
                    type="radio"
                    name="questionIndex"
                    value={valueOf(place)}
                    checked={place === asked}
                    onChange={() => {
                      onAsk(place);
                    }}
                  />
                  <ShapeIcon shape={object.shape} fill={COLOURS[object.colour].hex} />
                  <span>
                    <b>{colour}</b> {shape}
                  </span>
                </label>
              </li>
            );
          })}
        </ol>
      </fieldset>
      <div>
        <h3>then which item goes with which shape</h3>
        <ol class="pairs">
          {scene.associations.map((object, place) => {
            const { shape, item } = objectNames(scene.objects[object]);
            const token = itemToken(scene.objects[object].item);
            return (
              <li key={object}>
                <span class={place === right ? 'pair is-right-pair' : 'pair'}>
                  <ShapeIcon shape={scene.objects[object].shape} />
                  <span>
                    {shape} <b>{item}</b>
                  </span>
                  <span class="claims">{answersWith(answers, models, token)}</span>
                </span>
              </li>
            );
          })}
        </ol>
      </div>
    </div>
  );
}

/** Who reading the text answered with this item. */
function answersWith(answers: readonly ShownAnswer[], models: readonly SiteModel[], token: number) {
  return answers
    .filter(({ modality, answer }) => modality === 'text' && answer?.answer.token === token)
    .map(({ model }) => (
      <span key={model}>
        <ModelMarker place={models.findIndex(({ id }) => id === model)} />
        <span class="unseen">answer of {model}</span>
      </span>
    ));
}
