import type { ShownAnswer, SiteModel } from '../../contract/pages.ts';
import { COLOURS } from '../../task/colours.ts';
import { elementAt } from '../../task/element-at.ts';
import { objectNames, type Query } from '../../task/query.ts';
import { itemToken } from '../../task/tokens.ts';
import { ModelMarker, ShapeIcon } from '../components/marks.tsx';

export interface SceneTextProps {
  readonly query: Query;
  readonly models: readonly SiteModel[];
  readonly answers: readonly ShownAnswer[];
  /** Whether the correct answer is hidden. */
  readonly isHidden?: boolean;
  readonly onAsk: (object: number) => void;
  /** The value of an object's radio button: the index of the question about it. */
  readonly questionIndexOf: (object: number) => number;
}

/** The scene as words, in the order in which the models read them. */
export function SceneText({
  query,
  models,
  answers,
  onAsk,
  questionIndexOf,
  isHidden = false,
}: SceneTextProps) {
  const { scene, object: asked } = query;
  return (
    <div class="scene-text">
      <fieldset>
        <legend>
          The text first lists the shapes <small>(choose one to ask about its colour)</small>
        </legend>
        <ol class="pairs">
          {scene.objects.map((object, index) => {
            const { colour, shape } = objectNames(object);
            return (
              <li key={object.colour}>
                <label class={index === asked ? 'pair is-asked' : 'pair'}>
                  <input
                    type="radio"
                    name="questionIndex"
                    value={questionIndexOf(index)}
                    checked={index === asked}
                    onChange={() => {
                      onAsk(index);
                    }}
                  />
                  <ShapeIcon shape={object.shape} fill={elementAt(COLOURS, object.colour).hex} />
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
        <h3>then the item of each shape</h3>
        <ol class="pairs">
          {scene.associations.map((index) => {
            const object = elementAt(scene.objects, index);
            const { shape, item } = objectNames(object);
            return (
              <li key={index}>
                <span class={index === asked && !isHidden ? 'pair is-correct-pair' : 'pair'}>
                  <ShapeIcon shape={object.shape} />
                  <span>
                    {shape} <b>{item}</b>
                  </span>
                  <span class="models-with-answer">
                    {modelsWithAnswer(answers, models, itemToken(object.item))}
                  </span>
                </span>
              </li>
            );
          })}
        </ol>
      </div>
    </div>
  );
}

/** Markers of the models that read the text and answered this item. */
function modelsWithAnswer(
  answers: readonly ShownAnswer[],
  models: readonly SiteModel[],
  token: number,
) {
  return answers
    .filter(({ modality, answer }) => modality === 'text' && answer?.answer.token === token)
    .map(({ model }) => (
      <span key={model}>
        <ModelMarker displayIndex={models.findIndex(({ id }) => id === model)} />
        <span class="visually-hidden">answer of {model}</span>
      </span>
    ));
}
