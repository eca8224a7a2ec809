import { COLOURS } from '../../task/colours.ts';
import { ITEMS } from '../../task/items.ts';
import type { SceneObject } from '../../task/scene.ts';
import { SHAPES } from '../../task/shapes.ts';
import type { Vocabulary } from '../../task/spec.ts';
import { ShapeIcon } from '../components/marks.tsx';
import type { Attribute } from './edit.ts';

export interface InspectorProps {
  readonly object: SceneObject;
  readonly place: number;
  readonly objects: number;
  readonly vocabulary: Vocabulary;
  readonly onChange: (trait: Attribute, value: number) => void;
  readonly onPlace: (place: number) => void;
  readonly onRemove: () => void;
}

/** What the selected shape is, and where it stands in the text. */
export function Inspector(props: InspectorProps) {
  const { object, place, objects, vocabulary, onChange, onPlace, onRemove } = props;
  const choices: readonly [Attribute, readonly string[]][] = [
    ['colour', COLOURS.slice(0, vocabulary.colours).map(({ name }) => name)],
    ['shape', SHAPES.slice(0, vocabulary.shapes).map(({ name }) => name)],
    ['item', ITEMS.slice(0, vocabulary.items)],
  ];
  return (
    <fieldset class="inspector">
      <legend>
        <ShapeIcon shape={object.shape} fill={COLOURS[object.colour].hex} /> The selected shape
      </legend>
      {choices.map(([trait, names]) => (
        <p key={trait}>
          <label for={`selected-${trait}`}>{trait}</label>
          <select
            id={`selected-${trait}`}
            value={object[trait]}
            onChange={(event) => {
              onChange(trait, Number(event.currentTarget.value));
            }}
          >
            {names.map((name, value) => (
              <option key={name} value={value} selected={value === object[trait]}>
                {name}
              </option>
            ))}
          </select>
        </p>
      ))}
      <p class="moves">
        <button
          type="button"
          disabled={place === 0}
          onClick={() => {
            onPlace(place - 1);
          }}
        >
          Earlier in the text
        </button>
        <button
          type="button"
          disabled={place === objects - 1}
          onClick={() => {
            onPlace(place + 1);
          }}
        >
          Later
        </button>
        <button type="button" onClick={onRemove}>
          Remove
        </button>
      </p>
    </fieldset>
  );
}
