import { PATCH_VALUES } from '../../inference/patch-encoder.ts';
import { BACKGROUND } from '../../task/colours.ts';
import { renderPatch } from '../../task/picture.ts';
import { RandomStream } from '../../task/random.ts';
import { LIMITS } from '../../task/spec.ts';
import { isHeldOut } from '../../measurement/encoders/decodability.ts';

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

/**
 * Coloured shapes of different shapes, and others of different colours, which can be exchanged without
 * ever making a pair that is held out.
 */
export function drawExchangeable(stream: RandomStream, count: number): [Pair[], Pair[]] {
  const drawn = (factor: keyof Pair, fits: (value: number) => boolean) => {
    const chosen = new Map<number, Pair>();
    while (chosen.size < count) {
      const pair = PAIRS[stream.below(PAIRS.length)];
      if (fits(pair[factor])) chosen.set(pair[factor], pair);
    }
    return [...chosen.values()];
  };
  // Held out is where colour + shape is a multiple of 5 (isHeldOut).
  const turn = stream.below(5);
  return [
    drawn('shape', (shape) => (shape + turn) % 5 < 3),
    drawn('colour', (colour) => [1, 2].includes((colour + 5 - turn) % 5)),
  ];
}

/** The same patches in another order. */
export function shuffle(pixels: Float32Array, stream: RandomStream): Float32Array {
  const count = pixels.length / PATCH_VALUES;
  const shuffled = new Float32Array(pixels.length);
  stream.sample(count, count).forEach((from, to) => {
    const patch = pixels.subarray(from * PATCH_VALUES, (from + 1) * PATCH_VALUES);
    shuffled.set(patch, to * PATCH_VALUES);
  });
  return shuffled;
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

/**
 * The masks of some patches in the colours of as many others, found in the pixels alone: the pixel
 * farthest from the background has the colour, and the rest lie between it and the background.
 *
 * @returns pixels [patches, 768]
 */
export function recombine(masks: Float32Array, colours: Float32Array): Float32Array {
  const mixed = new Float32Array(masks.length);
  for (let patch = 0; patch < masks.length / PATCH_VALUES; patch++) {
    const [own, ink] = [inkOf(masks, patch), inkOf(colours, patch)];
    const reach = own.map((value, channel) => Math.abs(value - BACKGROUND[channel]));
    const channel = reach.indexOf(Math.max(...reach));
    for (let i = patch * PATCH_VALUES; i < (patch + 1) * PATCH_VALUES; i += 3) {
      const cover =
        (masks[i + channel] - BACKGROUND[channel]) / (own[channel] - BACKGROUND[channel]);
      ink.forEach((value, c) => {
        mixed[i + c] = BACKGROUND[c] + cover * (value - BACKGROUND[c]);
      });
    }
  }
  return mixed;
}

/** The colour of the pixel that is farthest from the background. */
function inkOf(pixels: Float32Array, patch: number): number[] {
  let [ink, farthest] = [[...BACKGROUND] as number[], 0];
  for (let i = patch * PATCH_VALUES; i < (patch + 1) * PATCH_VALUES; i += 3) {
    const colour = [...pixels.subarray(i, i + 3)];
    const distance = colour.reduce((sum, value, c) => sum + (value - BACKGROUND[c]) ** 2, 0);
    if (distance > farthest) [ink, farthest] = [colour, distance];
  }
  return ink;
}
