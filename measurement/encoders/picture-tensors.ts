import type { Picture } from '../../task/picture.ts';
import type { OnnxPreset } from './onnx-presets.ts';

/** Between which two source pixels (or rows) a target pixel lies, and the weight of the second. */
interface Interpolation {
  readonly low: number;
  readonly high: number;
  readonly weight: number;
}

/**
 * A picture as the input of a vision network: resized (bilinear, aligned at pixel centres), scaled to
 * 0 to 1 and normalised per channel.
 *
 * @returns [3, size, size]
 */
export function networkInput(
  { width, height, data }: Picture,
  size: number,
  { mean, deviation }: Pick<OnnxPreset, 'mean' | 'deviation'>,
): Float32Array {
  const columns = interpolations(width, size);
  const rows = interpolations(height, size);
  const input = new Float32Array(3 * size * size);
  const channels = [mean[0], mean[1], mean[2]].entries();
  for (const [channel, channelMean] of channels) {
    const channelDeviation = deviation[channel] ?? 1;
    const pixel = (row: number, column: number) => data[3 * (row * width + column) + channel] ?? 0;
    for (const [y, row] of rows.entries()) {
      for (const [x, column] of columns.entries()) {
        const above =
          pixel(row.low, column.low) * (1 - column.weight) +
          pixel(row.low, column.high) * column.weight;
        const below =
          pixel(row.high, column.low) * (1 - column.weight) +
          pixel(row.high, column.high) * column.weight;
        const value = (above * (1 - row.weight) + below * row.weight) / 255;
        input[(channel * size + y) * size + x] = (value - channelMean) / channelDeviation;
      }
    }
  }
  return input;
}

function interpolations(from: number, to: number): Interpolation[] {
  return Array.from({ length: to }, (_, target) => {
    const source = Math.min(from - 1, Math.max(0, ((target + 0.5) * from) / to - 0.5));
    const low = Math.floor(source);
    return { low, high: Math.min(from - 1, low + 1), weight: source - low };
  });
}

/** Features of a vision network, as a square grid of tokens. */
export interface TokenGrid {
  /** F */
  readonly width: number;
  /** Tokens per side. */
  readonly side: number;
  readonly at: (row: number, column: number, feature: number) => number;
}

/**
 * Features of the cells of a picture: the mean of the tokens that overlap a cell, weighted by the area
 * they share with it.
 *
 * @param grid cells per side
 * @returns [grid * grid, F]
 */
export function poolToGrid({ at, side, width }: TokenGrid, grid: number): Float32Array {
  const overlaps = overlapsOf(side, grid);
  const features = new Float32Array(grid * grid * width);
  for (const [row, rowOverlaps] of overlaps.entries()) {
    for (const [column, columnOverlaps] of overlaps.entries()) {
      const start = (row * grid + column) * width;
      for (const y of rowOverlaps) {
        for (const x of columnOverlaps) {
          const share = y.share * x.share;
          for (let feature = 0; feature < width; feature++) {
            const sum = features[start + feature] ?? 0;
            features[start + feature] = sum + share * at(y.token, x.token, feature);
          }
        }
      }
    }
  }
  return features;
}

/** For each cell of a side the tokens that overlap it, with the fraction of the cell that each covers. */
function overlapsOf(side: number, grid: number): { token: number; share: number }[][] {
  return Array.from({ length: grid }, (_, cell) => {
    const from = (cell * side) / grid;
    const to = ((cell + 1) * side) / grid;
    const overlaps: { token: number; share: number }[] = [];
    for (let token = Math.floor(from); token < Math.min(side, Math.ceil(to)); token++) {
      const common = Math.min(to, token + 1) - Math.max(from, token);
      if (common > 1e-9) overlaps.push({ token, share: common / (to - from) });
    }
    return overlaps;
  });
}
