import type { Picture } from '../../task/picture.ts';
import type { OnnxPreset } from './onnx-presets.ts';

/**
 * A picture as a vision network wants it: resized (bilinear, pixel centres), 0 to 1, normalised.
 *
 * @returns [3, size, size]
 */
export function networkInput(
  { width, height, data }: Picture,
  size: number,
  { mean, deviation }: Pick<OnnxPreset, 'mean' | 'deviation'>,
): Float32Array {
  const [columns, rows] = [resamplers(width, size), resamplers(height, size)];
  const input = new Float32Array(3 * size * size);
  rows.forEach(([top, bottom, down], y) => {
    columns.forEach(([left, right, across], x) => {
      for (let channel = 0; channel < 3; channel++) {
        const at = (row: number, column: number) => data[3 * (row * width + column) + channel];
        const above = at(top, left) * (1 - across) + at(top, right) * across;
        const below = at(bottom, left) * (1 - across) + at(bottom, right) * across;
        const value = (above * (1 - down) + below * down) / 255;
        input[(channel * size + y) * size + x] = (value - mean[channel]) / deviation[channel];
      }
    });
  });
  return input;
}

/** For each of `to` places the two of `from` it lies between, and how near it is to the second. */
function resamplers(from: number, to: number): [number, number, number][] {
  return Array.from({ length: to }, (_, place) => {
    const at = Math.min(from - 1, Math.max(0, ((place + 0.5) * from) / to - 0.5));
    const low = Math.floor(at);
    return [low, Math.min(from - 1, low + 1), at - low];
  });
}

/**
 * Features of the cells of a picture: the mean of the tokens that lie on a cell, by the area that they
 * share with it.
 *
 * @param token features of the token at a place
 * @param side tokens per side
 * @returns [grid * grid, width]
 */
export function poolToGrid(
  token: (row: number, column: number, feature: number) => number,
  { side, grid, width }: { side: number; grid: number; width: number },
): Float32Array {
  const shares = sharesOf(side, grid);
  const features = new Float32Array(grid * grid * width);
  shares.forEach((rows, row) => {
    shares.forEach((columns, column) => {
      const start = (row * grid + column) * width;
      for (const [y, high] of rows) {
        for (const [x, wide] of columns) {
          const share = high * wide;
          for (let f = 0; f < width; f++) features[start + f] += share * token(y, x, f);
        }
      }
    });
  });
  return features;
}

/** For each cell of a side the tokens on it, with their shares of it. */
function sharesOf(side: number, grid: number): [token: number, share: number][][] {
  return Array.from({ length: grid }, (_, cell) => {
    const [from, to] = [(cell * side) / grid, ((cell + 1) * side) / grid];
    const shares: [number, number][] = [];
    for (let token = Math.floor(from); token < Math.min(side, Math.ceil(to)); token++) {
      const common = Math.min(to, token + 1) - Math.max(from, token);
      if (common > 1e-9) shares.push([token, common / (to - from)]);
    }
    return shares;
  });
}
