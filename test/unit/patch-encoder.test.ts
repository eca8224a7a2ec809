import { expect, it } from 'vitest';
import {
  CachingPatchEncoder,
  PATCH_VALUES,
  type EncodePatches,
} from '../../inference/patch-encoder.ts';
import type { PlacedObject } from '../../task/picture.ts';

/** One feature: the sum of the pixels. */
const encodePatches: EncodePatches = async (pixels, patches) => {
  await Promise.resolve();
  return Float32Array.from({ length: patches }, (_, patch) =>
    pixels
      .subarray(patch * PATCH_VALUES, (patch + 1) * PATCH_VALUES)
      .reduce((sum, value) => sum + value, 0),
  );
};

it('gives the same features where others evict what it found in the cache', async () => {
  const scenes = Array.from({ length: 12 }, (_, scene): PlacedObject[] => [
    { colour: scene, shape: scene, row: 0, column: 0 },
    { colour: scene % 3, shape: 1, row: 1, column: 1 },
  ]);
  const expected = await Promise.all(
    scenes.map((objects) => new CachingPatchEncoder(1, encodePatches).encode(objects, 2)),
  );
  // Every patch of it has colour, the empty one, too.
  expect(expected.flatMap((features) => [...features]).every((sum) => sum > 0)).toBe(true);
  const small = new CachingPatchEncoder(1, encodePatches, 3);
  for (let time = 0; time < 2; time++) {
    const found = await Promise.all(scenes.map((objects) => small.encode(objects, 2)));
    expect(found).toEqual(expected);
  }
});
