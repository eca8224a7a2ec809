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
export const signPath = (place: number, area = 72): string =>
  symbol(SIGNS[place % SIGNS.length], area).digits(1)() ?? '';
