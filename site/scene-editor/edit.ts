import { elementAt } from '../../task/element-at.ts';
import type { SceneObject } from '../../task/scene.ts';
import type { Vocabulary } from '../../task/spec.ts';

/** Edits of a scene. Each returns a new list of objects. */

export type Attribute = 'colour' | 'shape' | 'item';

export interface Cell {
  readonly row: number;
  readonly column: number;
}

export const objectAt = (objects: readonly SceneObject[], { row, column }: Cell): number =>
  objects.findIndex((object) => object.row === row && object.column === column);

/** Moves an object to a cell; an object that is there moves to the old cell. */
export function moveObject(
  objects: readonly SceneObject[],
  object: number,
  to: Cell,
): SceneObject[] {
  const other = objectAt(objects, to);
  const { row, column } = elementAt(objects, object);
  return objects.map((one, index) => {
    if (index === object) return { ...one, row: to.row, column: to.column };
    return index === other ? { ...one, row, column } : one;
  });
}

/** Changes a colour, shape or item; an object that has the new value gets the old one. */
export function changeAttribute(
  objects: readonly SceneObject[],
  object: number,
  attribute: Attribute,
  value: number,
): SceneObject[] {
  const previous = elementAt(objects, object)[attribute];
  return objects.map((one, index) => {
    if (index === object) return { ...one, [attribute]: value };
    return one[attribute] === value ? { ...one, [attribute]: previous } : one;
  });
}

/** Adds an object at the end, with the first unused colour, shape and item; undefined where one is missing. */
export function addObject(
  objects: readonly SceneObject[],
  { row, column }: Cell,
  vocabulary: Vocabulary,
): SceneObject[] | undefined {
  const free = (attribute: Attribute, size: number) =>
    Array.from({ length: size }, (_, value) => value).find((value) =>
      objects.every((object) => object[attribute] !== value),
    );
  const colour = free('colour', vocabulary.colours);
  const shape = free('shape', vocabulary.shapes);
  const item = free('item', vocabulary.items);
  if (colour === undefined || shape === undefined || item === undefined) return undefined;
  return [...objects, { colour, shape, item, row, column }];
}

export const removeObject = (objects: readonly SceneObject[], object: number): SceneObject[] =>
  objects.toSpliced(object, 1);

/** Moves an object to another position in the text. */
export function reorderObject(
  objects: readonly SceneObject[],
  object: number,
  position: number,
): SceneObject[] {
  return objects.toSpliced(object, 1).toSpliced(position, 0, elementAt(objects, object));
}
