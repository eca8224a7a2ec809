import { COLOURS } from '../../task/colours.ts';
import { elementAt } from '../../task/element-at.ts';
import { ITEMS } from '../../task/items.ts';
import type { SceneObject } from '../../task/scene.ts';
import { SHAPES } from '../../task/shapes.ts';
import type { Vocabulary } from '../../task/spec.ts';
import { ShapeIcon } from '../components/marks.tsx';
import type { Attribute } from './edit.ts';

export interface InspectorProps {
  readonly object: SceneObject;
  /** Index of the object in the text. */
  readonly index: number;
  readonly objects: number;
  readonly vocabulary: Vocabulary;
  readonly onChange: (attribute: Attribute, value: number) => void;
  readonly onReorder: (index: number) => void;
  readonly onRemove: () => void;
}

/** The attributes of the selected shape, and its position in the text. */
export function Inspector(props: InspectorProps) {
  const { object, index, objects, vocabulary, onChange, onReorder, onRemove } = props;
  const options: readonly [Attribute, readonly string[]][] = [
    ['colour', COLOURS.slice(0, vocabulary.colours).map(({ name }) => name)],
    ['shape', SHAPES.slice(0, vocabulary.shapes).map(({ name }) => name)],
    ['item', ITEMS.slice(0, vocabulary.items)],
  ];
  return (
    <fieldset class="inspector">
      <legend>
        <ShapeIcon shape={object.shape} fill={elementAt(COLOURS, object.colour).hex} /> Selected
        shape
      </legend>
      {options.map(([attribute, names]) => (
        <p key={attribute}>
          <label for={`selected-${attribute}`}>{attribute}</label>
          <select
            id={`selected-${attribute}`}
            value={object[attribute]}
            onChange={(event) => {
              onChange(attribute, Number(event.currentTarget.value));
            }}
          >
            {names.map((name, value) => (
              <option key={name} value={value} selected={value === object[attribute]}>
                {name}
              </option>
            ))}
          </select>
        </p>
      ))}
      <p class="order-buttons">
        <button
          type="button"
          disabled={index === 0}
          onClick={() => {
            onReorder(index - 1);
          }}
        >
          Earlier in the text
        </button>
        <button
          type="button"
          disabled={index === objects - 1}
          onClick={() => {
            onReorder(index + 1);
          }}
        >
          Later in the text
        </button>
        <button type="button" onClick={onRemove}>
          Remove
        </button>
      </p>
    </fieldset>
  );
}
