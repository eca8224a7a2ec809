import { emptyPatch, renderPatch, type PlacedObject } from '../task/picture.ts';
import { PATCH_PIXELS } from '../task/shapes.ts';

/** A frozen visual encoder: pictures in, one feature vector per patch out. */
export interface PatchEncoder {
  /** F, the width of one patch's features. */
  readonly width: number;
  /** @returns [grid * grid, F], row-major */
  encode(objects: readonly PlacedObject[], grid: number): Promise<Float32Array>;
}

/** Encodes pixels [patches, 768] (0 to 255) as features [patches, F]. */
export type PatchRun = (pixels: Float32Array, patches: number) => Promise<Float32Array>;

/** Numbers in one patch: 16 x 16 RGB. */
export const PATCH_VALUES = PATCH_PIXELS * PATCH_PIXELS * 3;

/**
 * An encoder that looks at one patch at a time. A patch is a coloured shape or empty, so each is
 * encoded once and remembered.
 *
 * Beyond `most` it forgets those that it has known for longest.
 */
export class CachingPatchEncoder implements PatchEncoder {
  readonly #features = new Map<string, Float32Array>();

  constructor(
    readonly width: number,
    private readonly run: PatchRun,
    private readonly most = Infinity,
  ) {}

  async encode(objects: readonly PlacedObject[], grid: number): Promise<Float32Array> {
    const keys = new Array<string>(grid * grid).fill('empty');
    const pixels = new Map([['empty', emptyPatch]]);
    for (const { colour, shape, row, column } of objects) {
      const key = `${colour} ${shape}`;
      keys[row * grid + column] = key;
      pixels.set(key, () => renderPatch(colour, shape));
    }
    const unknown = [...pixels].filter(([key]) => !this.#features.has(key));
    if (unknown.length > 0) {
      const input = new Float32Array(unknown.length * PATCH_VALUES);
      unknown.forEach(([, render], patch) => {
        input.set(render(), patch * PATCH_VALUES);
      });
      const output = await this.run(input, unknown.length);
      unknown.forEach(([key], patch) => {
        this.#features.set(key, output.slice(patch * this.width, (patch + 1) * this.width));
      });
    }
    const features = new Float32Array(keys.length * this.width);
    keys.forEach((key, cell) => {
      const known = this.#features.get(key);
      if (known) features.set(known, cell * this.width);
    });
    for (const key of this.#features.keys()) {
      if (this.#features.size <= this.most) break;
      this.#features.delete(key);
    }
    return features;
  }
}
