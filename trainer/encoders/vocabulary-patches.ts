import { PATCH_VALUES } from '../../inference/patches.ts';
import { renderPatch } from '../../task/picture.ts';
import { RandomStream } from '../../task/random.ts';
import { LIMITS } from '../../task/spec.ts';
import { isHeldOut } from './decodability.ts';

/** A coloured shape of the full vocabulary. */
export interface Pair {
  readonly colour: number;
  readonly shape: number;
}

const PAIRS: readonly Pair[] = Array.from(
  { length: LIMITS.colours * LIMITS.shapes },
  (_, pair) => ({
    colour: Math.floor(pair / LIMITS.shapes),
    shape: pair % LIMITS.shapes,
  }),
).filter(({ colour, shape }) => !isHeldOut(colour, shape));

/** Different coloured shapes of those that encoders may be trained on. */
export function drawPairs(stream: RandomStream, count: number): Pair[] {
  return stream.sample(count, PAIRS.length).map((place) => PAIRS[place]);
}

const rendered = new Map<number, Uint8Array>();

/** Pixels [pairs, 768], 0 to 255. */
export function pixelsOf(pairs: readonly Pair[]): Float32Array {
  const pixels = new Float32Array(pairs.length * PATCH_VALUES);
  pairs.forEach(({ colour, shape }, place) => {
    const key = colour * LIMITS.shapes + shape;
    let patch = rendered.get(key);
    if (!patch) rendered.set(key, (patch = renderPatch(colour, shape)));
    pixels.set(patch, place * PATCH_VALUES);
  });
  return pixels;
}
