import {
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
  symbolWye,
} from 'd3-shape';

/** As colour alone does not tell everyone, each model has a sign too: the same in figures and on pages. */
const SIGNS = [
  symbolCircle,
  symbolSquare,
  symbolTriangle,
  symbolDiamond,
  symbolStar,
  symbolCross,
  symbolWye,
];

/**
 * The outline of a model's sign, about the origin.
 *
 * @param place of the model among those of the deployment
 * @param area in square user units
 */
export const markerPath = (place: number, area = 72): string =>
  symbol(SIGNS[place % SIGNS.length], area).digits(1)() ?? '';

/** A tick and a cross, in a square of 16 units. */
export const VERDICTS = { right: 'M2 9l4 4L14 4', wrong: 'M3.5 3.5l9 9M12.5 3.5l-9 9' } as const;
