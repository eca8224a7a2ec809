import { z } from 'zod';
import { BACKGROUND } from '../../task/colours.ts';
import { elementAt } from '../../task/element-at.ts';
import type { Picture } from '../../task/picture.ts';

/** How Qwen2-VL, Qwen2.5-VL and Qwen3-VL see a picture: patches for the encoder, and positions in three planes for the decoder. */

/** What is needed of `preprocessor_config.json`. */
export const pictureConfigSchema = z
  .object({
    image_mean: z.array(z.number()).length(3),
    image_std: z.array(z.number().positive()).length(3),
    rescale_factor: z.number().default(1 / 255),
    patch_size: z.number().int().positive(),
    temporal_patch_size: z.number().int().positive(),
    merge_size: z.number().int().positive(),
    min_pixels: z.number().optional(),
    max_pixels: z.number().optional(),
    size: z.object({ shortest_edge: z.number(), longest_edge: z.number() }).partial().optional(),
  })
  .transform(({ size, ...config }) => ({
    mean: config.image_mean,
    deviation: config.image_std,
    scale: config.rescale_factor,
    patch: config.patch_size,
    frames: config.temporal_patch_size,
    merge: config.merge_size,
    /** Pixels of a whole picture, which the processor would enlarge or reduce to. */
    pixels: [
      config.min_pixels ?? size?.shortest_edge ?? 0,
      config.max_pixels ?? size?.longest_edge ?? Infinity,
    ] as const,
  }));
export type PictureConfig = z.infer<typeof pictureConfigSchema>;

/** Patches of one picture. */
export interface PicturePatches {
  /** [rows * columns, 3 * frames * patch * patch], in blocks of merge x merge patches. */
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * The patches of a picture, as transformers' Qwen2VLImageProcessor makes them. Instead of its bicubic resizing to
 * multiples of patch * merge, the picture gets a margin of background on the right and below, so that every pixel is as drawn.
 *
 * @throws RangeError for a picture that the processor would enlarge or reduce
 */
export function picturePatches(picture: Picture, config: PictureConfig): PicturePatches {
  const { patch, merge, frames, mean, deviation, scale } = config;
  const [least, most] = config.pixels;
  const cells = (pixels: number) => Math.ceil(pixels / (patch * merge)) * merge;
  const [rows, columns] = [cells(picture.height), cells(picture.width)];
  const pixels = rows * columns * patch ** 2;
  if (pixels < least || pixels > most) {
    throw new RangeError(`a picture has ${pixels} pixels; the model takes ${least} to ${most}`);
  }
  const colourAt = (x: number, y: number, channel: number) =>
    x < picture.width && y < picture.height
      ? (picture.data[(y * picture.width + x) * 3 + channel] ?? 0)
      : elementAt(BACKGROUND, channel);
  const size = 3 * frames * patch ** 2;
  const values = new Float32Array(rows * columns * size);
  let at = 0;
  for (const [row, column] of inBlocks(rows, columns, merge)) {
    for (let channel = 0; channel < 3; channel++) {
      const [centre, spread] = [elementAt(mean, channel), elementAt(deviation, channel)];
      // A still picture is the same in every frame of a patch.
      for (let index = 0; index < frames * patch ** 2; index++) {
        const [x, y] = [index % patch, Math.floor(index / patch) % patch];
        const value = colourAt(column * patch + x, row * patch + y, channel) * scale;
        values[at++] = (value - centre) / spread;
      }
    }
  }
  return { values, rows, columns };
}

/** Rows and columns of patches, block by block: the encoder merges those of a block into one token. */
function* inBlocks(rows: number, columns: number, merge: number): Generator<[number, number]> {
  for (let top = 0; top < rows; top += merge) {
    for (let left = 0; left < columns; left += merge) {
      for (let at = 0; at < merge ** 2; at++) {
        yield [top + Math.floor(at / merge), left + (at % merge)];
      }
    }
  }
}

/** Where a picture is among the tokens of a prompt, and its size in tokens. */
export interface PictureTokens {
  readonly start: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Positions in time, down and across of a prompt with one picture. Text has the same position in all three. The tokens of a
 * picture begin at the position `start`; the text after it goes on behind its longer side.
 *
 * Source: Qwen2-VL (arXiv 2409.12191), section 2.1, "M-RoPE"
 *
 * @param length tokens of the prompt
 * @returns [3, length]
 */
export function picturePositions(
  length: number,
  { start, rows, columns }: PictureTokens,
): [number[], number[], number[]] {
  const positions: [number[], number[], number[]] = [[], [], []];
  for (let token = 0; token < length; token++) {
    const inside = token - start;
    const [time, down, across] = positions;
    if (inside >= 0 && inside < rows * columns) {
      time.push(start);
      down.push(start + Math.floor(inside / columns));
      across.push(start + (inside % columns));
    } else {
      const isAfter = inside >= rows * columns;
      const position = isAfter ? token - rows * columns + Math.max(rows, columns) : token;
      for (const plane of positions) plane.push(position);
    }
  }
  return positions;
}
