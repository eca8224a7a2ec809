import type { SceneObject } from '../../task/scene.ts';
import type { Vocabulary } from '../../task/spec.ts';

/** What can be done to a scene by hand. Each leaves the old one as it was. */

export type Attribute = 'colour' | 'shape' | 'item';

export interface Cell {
  readonly row: number;
  readonly column: number;
}

export const objectAt = (objects: readonly SceneObject[], { row, column }: Cell): number =>
  objects.findIndex((object) => object.row === row && object.column === column);

/** The object on another cell; what stood there takes its place. */
export function moveObject(objects: readonly SceneObject[], object: number, to: Cell): SceneObject[] {
  const other = objectAt(objects, to);
  const { row, column } = objects[object];
  return objects.map((one, place) => {
    if (place === object) return { ...one, row: to.row, column: to.column };
    return place === other ? { ...one, row, column } : one;
  });
}

/** The object with another colour, shape or item; what had it gets the old one, as none comes twice. */
export function changeAttribute(
  objects: readonly SceneObject[],
  object: number,
  trait: Attribute,
  value: number,
): SceneObject[] {
  const before = objects[object][trait];
  return objects.map((one, place) => {
    if (place === object) return { ...one, [trait]: value };
    return one[trait] === value ? { ...one, [trait]: before } : one;
  });
}

/** One more object, the last in the text, of the first colour, shape and item that are free. */
export function addObject(
  objects: readonly SceneObject[],
  { row, column }: Cell,
  vocabulary: Vocabulary,
): SceneObject[] | undefined {
  const free = (trait: Attribute, size: number) =>
    Array.from({ length: size }, (_, value) => value).find((value) =>
      objects.every((object) => object[trait] !== value),
    );
  const colour = free('colour', vocabulary.colours);
  const shape = free('shape', vocabulary.shapes);
  const item = free('item', vocabulary.items);
  if (colour === undefined || shape === undefined || item === undefined) return undefined;
  return [...objects, { colour, shape, item, row, column }];
}

export const removeObject = (objects: readonly SceneObject[], object: number): SceneObject[] =>
  objects.toSpliced(object, 1);

/** The object at another place in the text. */
export function reorderObject(
  objects: readonly SceneObject[],
  object: number,
  place: number,
): SceneObject[] {
  return objects.toSpliced(object, 1).toSpliced(place, 0, objects[object]);
}
