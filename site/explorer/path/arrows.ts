import type { AttributedToken, AttributionFigures } from '../../../contract/attributions.ts';
import { elementAt } from '../../../task/element-at.ts';
import type { Query } from '../../../task/query.ts';
import type { Modality } from '../../../task/spec.ts';
import { percent } from '../../lib/format.ts';

/**
 * `shape`: to the shape that is asked about (in a picture, to its cell), or from there to its item. `place`: to
 * another token, which can only help to find a place.
 */
export type ArrowKind = 'shape' | 'place';

/** A dependence of the answer on one token, drawn as an arrow. */
export interface PathArrow {
  readonly token: AttributedToken;
  readonly kind: ArrowKind;
  /** Whether the token is in the first list or the picture, or in the second list. */
  readonly list: 'context' | 'associations';
}

/** A token with a smaller effect gets no arrow. */
const MIN_EFFECT = 0.1;
/** More arrows would hide the lists; the table below the drawing has the rest. */
const MAX_ARROWS = 6;

/** The arrows of an answer, those with the largest effects first. */
export function arrowsOf({ tokens }: Pick<AttributionFigures, 'tokens'>, query: Query) {
  const needed = tokens
    .filter(({ effect, object, role }) => effect >= MIN_EFFECT && isInList(object, role))
    .sort((a, b) => b.effect - a.effect);
  const shown = needed.slice(0, MAX_ARROWS);
  const readsShape = shown.some((token) => isContext(token) && holdsShape(token, query.object));
  const arrows = shown.map((token): PathArrow => ({
    token,
    // An item that is found without the shape is found by place, also where it is the correct one.
    kind: readsShape && holdsShape(token, query.object) ? 'shape' : 'place',
    list: isContext(token) ? 'context' : 'associations',
  }));
  return { arrows, hidden: needed.length - arrows.length };
}

/** The end of the first list is drawn, too: in a text it follows the last shape. */
const isInList = (object: number | null, role: AttributedToken['role']) =>
  object !== null || role === 'context-end' || role === 'patch';

const isContext = ({ role }: AttributedToken) => !role.startsWith('association');

/** Whether a token is the shape that is asked about, its cell, or in its association. */
const holdsShape = ({ role, object }: AttributedToken, asked: number) =>
  role !== 'colour' && object === asked;

/** An effect beside its arrow, as short as can be: `7 %`, `>99 %`. */
export const effectLabel = (effect: number): string =>
  effect < 1 && effect >= 0.995
    ? `>${percent(0.99, 0)}`
    : percent(Math.round(100 * effect) / 100, 0);

/** How much of a token's effect has been read before a layer: 0 to 1. */
export function readBefore({ effect, layers }: AttributedToken, layer: number): number {
  const left = layer === 0 ? effect : layers?.[layer];
  // After the last layer, or where the layers were not measured, all of it.
  if (left === undefined || effect <= 0) return 1;
  return Math.min(1, Math.max(0, 1 - left / effect));
}

/** How many places after the correct association the answered one is; undefined for another answer. */
export function placesOff({ scene, object }: Query, answeredItem: number): number | undefined {
  const placeOf = (matches: (index: number) => boolean) => scene.associations.findIndex(matches);
  const answered = placeOf((index) => elementAt(scene.objects, index).item === answeredItem);
  return answered < 0 ? undefined : answered - placeOf((index) => index === object);
}

/** How an answer is wrong, in words. */
export function describeMistake(places: number | undefined): string {
  if (places === undefined) return 'It names something that is in no list.';
  const distance = Math.abs(places);
  const number = ['no', 'one', 'two', 'three', 'four', 'five', 'six'][distance] ?? String(distance);
  const direction = places > 0 ? 'further down' : 'further up';
  return `It took the item ${number} ${distance === 1 ? 'place' : 'places'} ${direction}.`;
}

/** The name of a token for people. */
export function tokenName({ role, name, object }: AttributedToken, modality: Modality): string {
  switch (role) {
    case 'context-end':
      return 'the end of the first list';
    case 'patch':
      return object === null ? 'an empty cell' : 'a cell of the picture';
    case 'colour':
      return `the colour ${name}`;
    case 'association-item':
      return `the item ${name}`;
    default:
      return `the shape ${name}${role === 'shape' || modality === 'image' ? '' : ' in the second list'}`;
  }
}
