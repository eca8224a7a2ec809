import { emptyPatch, renderPatch, type PlacedObject } from '../task/picture.ts';
import { PATCH_PIXELS } from '../task/shapes.ts';

/** A frozen visual encoder: one feature vector per patch of a picture. */
export interface PatchEncoder {
  /** F, the width of one patch's features. */
  readonly width: number;
  /** @returns [grid * grid, F], row-major */
  encode(objects: readonly PlacedObject[], grid: number): Promise<Float32Array>;
}

/** Encodes pixels [patches, 768] (0 to 255) as features [patches, F]. */
export type EncodePatches = (pixels: Float32Array, patches: number) => Promise<Float32Array>;

/** Values in one patch: 16 x 16 RGB. */
export const PATCH_VALUES = PATCH_PIXELS * PATCH_PIXELS * 3;

/**
 * An encoder whose features of a patch depend on that patch only. A patch is a coloured shape or empty,
 * so each kind is encoded once and cached; beyond `maxEntries` the oldest entries are evicted.
 */
export class CachingPatchEncoder implements PatchEncoder {
  readonly #features = new Map<string, Float32Array>();

  constructor(
    readonly width: number,
    private readonly encodePatches: EncodePatches,
    private readonly maxEntries = Infinity,
  ) {}

  async encode(objects: readonly PlacedObject[], grid: number): Promise<Float32Array> {
    const keys = new Array<string>(grid * grid).fill('empty');
    const pixels = new Map([['empty', emptyPatch]]);
    for (const { colour, shape, row, column } of objects) {
      const key = `${colour} ${shape}`;
      keys[row * grid + column] = key;
      pixels.set(key, () => renderPatch(colour, shape));
    }
    // Kept here from now on: while this call waits, another one may evict them.
    const found = new Map<string, Float32Array>();
    for (const key of pixels.keys()) {
      const cached = this.#features.get(key);
      if (cached) found.set(key, cached);
    }
    const missing = [...pixels].filter(([key]) => !found.has(key));
    if (missing.length > 0) {
      const input = new Float32Array(missing.length * PATCH_VALUES);
      missing.forEach(([, render], patch) => {
        input.set(render(), patch * PATCH_VALUES);
      });
      const output = await this.encodePatches(input, missing.length);
      missing.forEach(([key], patch) => {
        const features = output.slice(patch * this.width, (patch + 1) * this.width);
        found.set(key, features);
        this.#features.set(key, features);
      });
    }
    const features = new Float32Array(keys.length * this.width);
    keys.forEach((key, cell) => {
      features.set(found.get(key) ?? [], cell * this.width);
    });
    for (const key of this.#features.keys()) {
      if (this.#features.size <= this.maxEntries) break;
      this.#features.delete(key);
    }
    return features;
  }
}
