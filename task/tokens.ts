import { COLOURS } from './colours.ts';
import { elementAt } from './element-at.ts';
import { ITEMS } from './items.ts';
import { SHAPES } from './shapes.ts';

/**
 * The token ids of every model: special tokens, then 216 colours, 216 shapes and 32 items. A smaller
 * vocabulary is a prefix of each set with the same ids, so that a model trained on 40 colours can be
 * expanded to 216 without moving an embedding row.
 */
export const SPECIAL_TOKENS = {
  /** Fills a row of a batch; nothing attends to it. */
  PAD: 0,
  /** Ends the context. */
  CTX_END: 1,
  /** Asks for the item: two hops when a colour follows, one hop when a shape follows. */
  QUE: 2,
  /** Asks for the shape of the colour that follows (feature grounding). */
  QUE_SHAPE: 3,
  /** Asks for the colour of the shape that follows (feature grounding). */
  QUE_COLOUR: 4,
  /** A patch of the picture; its features come from the visual encoder. */
  PATCH: 5,
} as const;

const SPECIAL_NAMES = Object.keys(SPECIAL_TOKENS);
const COLOUR_BASE = SPECIAL_NAMES.length;
const SHAPE_BASE = COLOUR_BASE + COLOURS.length;
const ITEM_BASE = SHAPE_BASE + SHAPES.length;

/** Number of token ids, the width of the logits: 470. */
export const TOKEN_COUNT = ITEM_BASE + ITEMS.length;

export const colourToken = (colour: number): number => COLOUR_BASE + colour;
export const shapeToken = (shape: number): number => SHAPE_BASE + shape;
export const itemToken = (item: number): number => ITEM_BASE + item;

/** The meaning of a token id; `index` counts within its set. */
export interface TokenMeaning {
  readonly kind: 'special' | 'colour' | 'shape' | 'item';
  readonly index: number;
  readonly name: string;
}

/**
 * @param token a token id, 0 to 469
 * @throws RangeError when the id is outside the token space
 */
export function describeToken(token: number): TokenMeaning {
  if (!Number.isInteger(token) || token < 0 || token >= TOKEN_COUNT) {
    throw new RangeError(`token ${token} is outside the token space 0 to ${TOKEN_COUNT - 1}`);
  }
  if (token >= ITEM_BASE) {
    const index = token - ITEM_BASE;
    return { kind: 'item', index, name: elementAt(ITEMS, index) };
  }
  if (token >= SHAPE_BASE) {
    const index = token - SHAPE_BASE;
    return { kind: 'shape', index, name: elementAt(SHAPES, index).name };
  }
  if (token >= COLOUR_BASE) {
    const index = token - COLOUR_BASE;
    return { kind: 'colour', index, name: elementAt(COLOURS, index).name };
  }
  return { kind: 'special', index: token, name: elementAt(SPECIAL_NAMES, token) };
}
