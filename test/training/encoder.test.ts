import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encoderCardSchema } from '../../contract/encoder-card.ts';
import { PATCH_VALUES } from '../../inference/patch-encoder.ts';
import { renderPatch } from '../../task/picture.ts';
import { measureDecodability } from '../../measurement/encoders/decodability.ts';
import {
  ENCODER_NAMES,
  encoderFolder,
  openFrozenEncoder,
} from '../../measurement/encoders/index.ts';
import { openEncoderFile } from '../../measurement/encoders/frozen-encoder.ts';
import { FEW_NAMES } from '../../trainer/regimes/streams.ts';
import { makeRandomEncoder } from '../../trainer/encoders/random.ts';
import { ROOT } from '../../build/paths.ts';
import { relativeError } from '../support/training.ts';
import { elementAt } from '../../task/element-at.ts';

const MODELS = `${ROOT}models`;
const cardOf = (name: string) =>
  encoderCardSchema.parse(
    JSON.parse(readFileSync(`${encoderFolder(MODELS, name)}/card.json`, 'utf8')),
  );

describe.each(ENCODER_NAMES)('the %s encoder', (name) => {
  const card = cardOf(name);

  it('is small, and the file of its card', async () => {
    const { identity, file } = await openFrozenEncoder(name, MODELS);
    expect(identity).toEqual(card.encoder);
    expect(file?.length).toBe(card.file.bytes);
    expect(card.file.bytes).toBeLessThan(200_000);
    expect(card.training.commit).toMatch(/^[0-9a-f]{40}$/);
    const log = existsSync(`${encoderFolder(MODELS, name)}/training.jsonl`);
    expect(log).toBe(card.training.steps > 0);
  });

  it('lets a linear map name 98 % of colours and shapes of pairs it never saw together', () => {
    for (const names of [40, 216]) {
      const found = card.decodability.find((one) => one.names === names && one.probe === 'ridge');
      // Trained without names, the self-supervised one separates neighbouring colours of the 216 less well.
      const least = names === 216 && name === 'self-supervised' ? 0.96 : 0.98;
      expect(found?.colour.accuracy).toBeGreaterThanOrEqual(least);
      expect(found?.shape.accuracy).toBeGreaterThanOrEqual(0.98);
    }
  });

  it('is as readable as its card says', async () => {
    const names = FEW_NAMES.colours;
    const measured = await measureDecodability(await openFrozenEncoder(name, MODELS), names);
    for (const { probe, colour, shape } of measured) {
      const said = card.decodability.find((one) => one.names === names && one.probe === probe);
      // Another machine's last bits may turn a sample or two.
      expect(Math.abs(colour.correct - (said?.colour.correct ?? 0))).toBeLessThanOrEqual(2);
      expect(Math.abs(shape.correct - (said?.shape.correct ?? 0))).toBeLessThanOrEqual(2);
    }
  });
});

it('the random encoder is made again from its seed', async () => {
  const shipped = await openFrozenEncoder('random', MODELS);
  const pixels = Float32Array.from([...renderPatch(3, 5), ...renderPatch(200, 100)]);
  const features = await Promise.all(
    [await makeRandomEncoder(0), shipped.file ?? new Uint8Array()].map(async (file) =>
      (await openEncoderFile(file))(pixels, pixels.length / PATCH_VALUES),
    ),
  );
  expect(relativeError(elementAt(features, 0), elementAt(features, 1))).toBeLessThan(1e-5);
});

it('an encoder that does not exist is refused by naming those that do', async () => {
  await expect(openFrozenEncoder('nonsense', MODELS)).rejects.toThrow(
    /^there is no encoder "nonsense"; use random, supervised, self-supervised or onnx:<file>,<preset>$/,
  );
});
