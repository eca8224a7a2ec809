import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EncoderIdentity } from '../../contract/recipe.ts';
import { renderPicture } from '../../task/picture.ts';
import { RandomStream } from '../../task/random.ts';
import { DiskCache } from '../../measurement/encoders/disk-cache.ts';
import type { FrozenEncoder } from '../../measurement/encoders/frozen-encoder.ts';
import { openOnnxEncoder } from '../../measurement/encoders/onnx-encoder.ts';
import { networkInput, poolToGrid } from '../../measurement/encoders/picture-tensors.ts';
import { relativeError } from '../support/training.ts';
import {
  otherNetwork,
  residualNetwork,
  visionTransformer,
  withExternalWeight,
} from '../support/vision-files.ts';
import { elementAt } from '../../task/element-at.ts';

const folder = mkdtempSync(join(tmpdir(), 'bindscope-'));
const cache = { directory: join(folder, 'cache'), limit: 2 ** 26 };
const open = (bytes: Uint8Array, preset: string, name = `${preset}.onnx`) => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return openOnnxEncoder(`onnx:${path},${preset}`, cache);
};
const cellOf = (features: Float32Array, cell: number, width: number) =>
  features.subarray(cell * width, (cell + 1) * width);

describe('a network of tokens', () => {
  it.each([
    ['vit-b-16', 1],
    ['dinov3-vit-b-16', 5],
  ])(
    '%s gives each cell the tokens on it, and none of the %i that are no patch',
    async (preset, prefix) => {
      const encoder = await open(visionTransformer(prefix), preset);
      expect(encoder.identity).toMatchObject({
        name: `onnx:${preset}`,
        width: 768,
        inputScope: 'pictures',
      });
      for (const [grid, cell] of [
        [14, 2 * 14 + 3],
        [7, 4 * 7 + 6],
      ] as const) {
        const object = { colour: 1, shape: 2, row: Math.floor(cell / grid), column: cell % grid };
        const features = await encoder.encode([object], grid);
        expect(features).toHaveLength(grid * grid * 768);
        const ground = cellOf(features, 0, 768);
        for (let other = 1; other < grid * grid; other++) {
          const error = relativeError(cellOf(features, other, 768), ground);
          if (other === cell) expect(error).toBeGreaterThan(0.1);
          // Enlarged twice, a picture bleeds over the edges of its cells.
          else expect(error).toBeLessThan(grid === 14 ? 1e-5 : 0.05);
        }
      }
    },
  );

  it('is refused where its tokens are not those of the preset', async () => {
    await expect(open(visionTransformer(1), 'dinov3-vit-b-16', 'mixed-up.onnx')).rejects.toThrow(
      /last_hidden_state is float32 \[1, 197, 768\] and must be float32 \[1, 201, 768\]/,
    );
  });
});

describe('a network of maps', () => {
  it('is cut before its global pooling, and looks closer at finer pictures', async () => {
    const encoder = await open(residualNetwork(), 'resnet-152');
    expect(encoder.width).toBe(2048);
    for (const grid of [6, 14]) {
      const object = { colour: 5, shape: 0, row: 3, column: 1 };
      const features = await encoder.encode([object], grid);
      const ground = cellOf(features, grid * grid - 1, 2048);
      const errors = Array.from({ length: grid * grid }, (_, cell) =>
        relativeError(cellOf(features, cell, 2048), ground),
      );
      expect(errors.indexOf(Math.max(...errors))).toBe(3 * grid + 1);
    }
  });
});

describe('the features of a network', () => {
  let encoder: FrozenEncoder;
  beforeAll(async () => {
    encoder = await open(visionTransformer(1), 'vit-b-16', 'features.onnx');
  });

  it('have mean 0 and variance 1 over objects', async () => {
    const stream = new RandomStream([1, 2, 3, 4]);
    const objects = Array.from({ length: 36 }, (_, cell) => ({
      colour: stream.below(216),
      shape: stream.below(216),
      row: Math.floor(cell / 6),
      column: cell % 6,
    }));
    const features = await encoder.encode(objects, 6);
    const mean = features.reduce((sum, value) => sum + value / features.length, 0);
    const square = features.reduce((sum, value) => sum + value ** 2 / features.length, 0);
    expect(Math.abs(mean)).toBeLessThan(0.5);
    expect(square - mean ** 2).toBeGreaterThan(0.4);
    expect(square - mean ** 2).toBeLessThan(2.5);
  });

  it('are refused for pictures with more cells than tokens', async () => {
    await expect(encoder.encode([], 15)).rejects.toThrow(
      /14 x 14 tokens are too coarse for pictures of 15 x 15 cells/,
    );
  });

  it('have an identity that depends on file and preset, not on the path', async () => {
    const moved = await open(visionTransformer(1), 'vit-b-16', 'moved.onnx');
    expect(moved.identity).toEqual(encoder.identity);
    const other = await open(visionTransformer(5), 'dinov3-vit-b-16', 'other.onnx');
    expect(other.identity.sha256).not.toBe(encoder.identity.sha256);
  });
});

describe('a file that does not fit', () => {
  const vit = visionTransformer(1);
  it.each<[string, Uint8Array, string, RegExp]>([
    ['text', Buffer.from('hello, this is no model'), 'vit-b-16', /is not an ONNX model: the file /],
    ['empty', new Uint8Array(), 'vit-b-16', /is not an ONNX model: the file has no graph$/],
    [
      'a language model',
      otherNetwork('input_ids', 'int32', ['batch', 'length']),
      'vit-b-16',
      /input must be a picture, .* inputs: input_ids int32 \[batch, length\]; .* Xenova\/vit/,
    ],
    [
      'pictures of another size',
      otherNetwork('pixel_values', 'float32', ['batch', 3, 384, 384]),
      'vit-b-16',
      /\[batch, 3, 224, 224\]; its inputs: pixel_values float32 \[batch, 3, 384, 384\]/,
    ],
    [
      'whole numbers',
      otherNetwork('pixel_values', 'int32', ['batch', 3, 224, 224]),
      'vit-b-16',
      /its inputs: pixel_values int32 \[batch, 3, 224, 224\]/,
    ],
    [
      'an output of another rank',
      otherNetwork('pixel_values', 'float32', ['batch', 3, 224, 224]),
      'vit-b-16',
      /last_hidden_state is float32 \[1, 3, 224, 224\] and must be float32 \[1, 197, 768\]/,
    ],
    [
      'a classifier',
      visionTransformer(1, 'logits'),
      'vit-b-16',
      /has no output last_hidden_state; its outputs: logits/,
    ],
    [
      'weights elsewhere',
      withExternalWeight(vit, 'model.onnx_data'),
      'vit-b-16',
      /its weights are in model\.onnx_data, which is not in its folder/,
    ],
    ['an unknown preset', vit, 'vit-l-16', /with one of the presets resnet-152, vit-b-16, dinov3/],
  ])('%s is refused in one line', async (what, bytes, preset, reason) => {
    const refused = await open(bytes, preset, `${what}.onnx`).then(
      () => '',
      (error: unknown) => (error as Error).message,
    );
    expect(refused).toMatch(reason);
    expect(refused).not.toContain('\n');
  });

  it('is refused where there is none', async () => {
    await expect(openOnnxEncoder('onnx:/nowhere.onnx,vit-b-16', cache)).rejects.toThrow(
      'there is no file /nowhere.onnx',
    );
  });
});

describe('the cache of features', () => {
  const identity = (sha256: string): EncoderIdentity => ({
    name: 'counting',
    sha256: sha256.repeat(64),
    width: 3,
    inputScope: 'pictures',
  });
  /** Gives ever new features, so that what is remembered shows. */
  const counting = () => {
    let calls = 0;
    return {
      width: 3,
      encode: (_: unknown, grid: number) =>
        Promise.resolve(new Float32Array(grid * grid * 3).fill(++calls)),
    };
  };
  const scene = (colour: number) => [
    { colour, shape: 1, row: 0, column: 0 },
    { colour, shape: 2, row: 1, column: 1 },
  ];
  const room = (name: string, limit: number) => ({ directory: join(folder, name), limit });

  it('remembers by encoder and scene, whatever the order of its objects', async () => {
    const options = room('by-scene', 2 ** 20);
    const one = new DiskCache(counting(), identity('1'), options);
    const first = await one.encode(scene(0), 2);
    expect(await one.encode(scene(0).toReversed(), 2)).toEqual(first);
    expect(await one.encode(scene(1), 2)).not.toEqual(first);
    expect(await one.encode(scene(0), 3)).not.toEqual(first);
    // Another process, and another encoder.
    const later = new DiskCache(
      { ...counting(), encode: () => Promise.reject(new Error()) },
      identity('1'),
      options,
    );
    expect(await later.encode(scene(0), 2)).toEqual(first);
    const other = new DiskCache(counting(), identity('2'), options);
    await other.encode(scene(5), 2);
    expect(await other.encode(scene(0), 2)).not.toEqual(first);
  });

  it('encodes again where a file is cut short', async () => {
    const options = room('cut', 2 ** 20);
    const one = new DiskCache(counting(), identity('1'), options);
    await one.encode(scene(0), 2);
    const file = elementAt(readdirSync(options.directory), 0);
    writeFileSync(join(options.directory, file), 'short');
    expect(await one.encode(scene(0), 2)).toEqual(new Float32Array(12).fill(2));
  });

  it('never holds more than it may', async () => {
    const size = 4 * 12;
    const options = room('bounded', 10 * size);
    const one = new DiskCache(counting(), identity('1'), options);
    for (let colour = 0; colour < 40; colour++) {
      await one.encode(scene(colour), 2);
      expect(readdirSync(options.directory).length).toBeLessThanOrEqual(10);
    }
    expect(readdirSync(options.directory).length).toBeGreaterThan(5);
    expect(await one.encode(scene(39), 2)).toEqual(new Float32Array(12).fill(40));
  });
});

describe('pictures for networks', () => {
  const plain = { mean: [0, 0, 0], deviation: [1, 1, 1] } as const;

  it('keep their pixels at their own size, and their colour at any', () => {
    const picture = renderPicture([{ colour: 3, shape: 4, row: 1, column: 2 }], 3);
    const same = networkInput(picture, 48, plain);
    const expected = Float32Array.from({ length: same.length }, (_, i) => {
      const [channel, pixel] = [Math.floor(i / 48 ** 2), i % 48 ** 2];
      return elementAt(picture.data, 3 * pixel + channel) / 255;
    });
    expect(relativeError(same, expected)).toBeLessThan(1e-6);
    const empty = networkInput(renderPicture([], 3), 100, { ...plain, mean: [0.5, 0.5, 0.5] });
    expect(new Set(empty).size).toBe(1);
    expect(empty[0]).toBeCloseTo(230 / 255 - 0.5, 6);
  });

  it('share their tokens out by area', () => {
    const at = (row: number, column: number) => 10 * row + column;
    // 2 tokens on 3 cells: the middle cell has half of each.
    const pooled = poolToGrid({ at, side: 2, width: 1 }, 3);
    expect([...pooled]).toEqual([0, 0.5, 1, 5, 5.5, 6, 10, 10.5, 11]);
    // 4 tokens on 2 cells: means of four.
    const coarse = poolToGrid({ at, side: 4, width: 1 }, 2);
    expect([...coarse]).toEqual([5.5, 7.5, 25.5, 27.5]);
  });
});
