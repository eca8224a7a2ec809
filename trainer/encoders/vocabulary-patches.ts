import { PATCH_VALUES } from '../../inference/patch-encoder.ts';
import { isHeldOut } from '../../measurement/encoders/decodability.ts';
import { BACKGROUND } from '../../task/colours.ts';
import { elementAt } from '../../task/element-at.ts';
import { renderPatch } from '../../task/picture.ts';
import { RandomStream } from '../../task/random.ts';
import { LIMITS } from '../../task/spec.ts';

/** A coloured shape of the full vocabulary. */
export interface Pair {
  readonly colour: number;
  readonly shape: number;
}

type Rgb = readonly [red: number, green: number, blue: number];

const PAIRS: readonly Pair[] = Array.from(
  { length: LIMITS.colours * LIMITS.shapes },
  (_, pair) => ({
    colour: Math.floor(pair / LIMITS.shapes),
    shape: pair % LIMITS.shapes,
  }),
).filter(({ colour, shape }) => !isHeldOut(colour, shape));

/** Different coloured shapes of those that encoders may be trained on. */
export function drawPairs(stream: RandomStream, count: number): Pair[] {
  return stream.sample(count, PAIRS.length).map((index) => elementAt(PAIRS, index));
}

/**
 * Coloured shapes of different shapes, and others of different colours. No shape of the first with a
 * colour of the second is a pair that is held out.
 */
export function drawExchangeable(
  stream: RandomStream,
  count: number,
): [masks: Pair[], colours: Pair[]] {
  const draw = (factor: keyof Pair, fits: (value: number) => boolean) => {
    const drawn = new Map<number, Pair>();
    while (drawn.size < count) {
      const pair = elementAt(PAIRS, stream.below(PAIRS.length));
      if (fits(pair[factor])) drawn.set(pair[factor], pair);
    }
    return [...drawn.values()];
  };
  // A pair is held out where colour + shape is a multiple of 5 (`isHeldOut`).
  const offset = stream.below(5);
  return [
    draw('shape', (shape) => (shape + offset) % 5 < 3),
    draw('colour', (colour) => [1, 2].includes((colour + 5 - offset) % 5)),
  ];
}

/** The same patches in random order: [patches, 768] */
export function shuffle(pixels: Float32Array, stream: RandomStream): Float32Array {
  const count = pixels.length / PATCH_VALUES;
  const shuffled = new Float32Array(pixels.length);
  for (const [to, from] of stream.sample(count, count).entries()) {
    const patch = pixels.subarray(from * PATCH_VALUES, (from + 1) * PATCH_VALUES);
    shuffled.set(patch, to * PATCH_VALUES);
  }
  return shuffled;
}

const rendered = new Map<number, Uint8Array>();

/** Pixels [pairs, 768], 0 to 255. */
export function pixelsOf(pairs: readonly Pair[]): Float32Array {
  const pixels = new Float32Array(pairs.length * PATCH_VALUES);
  for (const [index, { colour, shape }] of pairs.entries()) {
    const key = colour * LIMITS.shapes + shape;
    let patch = rendered.get(key);
    if (!patch) rendered.set(key, (patch = renderPatch(colour, shape)));
    pixels.set(patch, index * PATCH_VALUES);
  }
  return pixels;
}

/**
 * The masks of some patches in the colours of as many others, found in the pixels: the pixel farthest
 * from the background has the colour, and all pixels lie between it and the background.
 *
 * @param masks, colours pixels [patches, 768]
 * @returns pixels [patches, 768]
 */
export function recombine(masks: Float32Array, colours: Float32Array): Float32Array {
  const mixed = new Float32Array(masks.length);
  for (let start = 0; start < masks.length; start += PATCH_VALUES) {
    const oldColour = colourOf(masks, start);
    const newColour = colourOf(colours, start);
    const contrasts = oldColour.map((value, c) => Math.abs(value - elementAt(BACKGROUND, c)));
    const channel = contrasts.indexOf(Math.max(...contrasts));
    const background = elementAt(BACKGROUND, channel);
    const contrast = elementAt(oldColour, channel) - background;
    for (let pixel = start; pixel < start + PATCH_VALUES; pixel += 3) {
      const coverage = (elementAt(masks, pixel + channel) - background) / contrast;
      for (const [c, value] of newColour.entries()) {
        const ground = elementAt(BACKGROUND, c);
        mixed[pixel + c] = ground + coverage * (value - ground);
      }
    }
  }
  return mixed;
}

/** The pixel of a patch that is farthest from the background. */
function colourOf(pixels: Float32Array, start: number): Rgb {
  let [farthest, distance]: [Rgb, number] = [[...BACKGROUND], 0];
  for (let i = start; i < start + PATCH_VALUES; i += 3) {
    const pixel: Rgb = [elementAt(pixels, i), elementAt(pixels, i + 1), elementAt(pixels, i + 2)];
    const squared = pixel.reduce(
      (sum, value, c) => sum + (value - elementAt(BACKGROUND, c)) ** 2,
      0,
    );
    if (squared > distance) [farthest, distance] = [pixel, squared];
  }
  return farthest;
}
