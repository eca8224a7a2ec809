import { decodeApng, encode } from 'fast-png';
import { expect, it } from 'vitest';
import { animatedPng } from '../support/animated-png.ts';

const image = (value: number, width = 2) => ({
  width,
  height: 2,
  depth: 8 as const,
  channels: 3,
  data: Uint8Array.from({ length: width * 6 }, (_, index) => value + index),
});
const frame = (value: number, duration: number, width?: number) => ({
  png: encode(image(value, width)),
  duration,
});

it('an animated PNG has its frames, as another program reads it', () => {
  const decoded = decodeApng(animatedPng([frame(1, 300), frame(100, 1500), frame(7, 40)]));
  expect(decoded).toMatchObject({ width: 2, height: 2, numberOfFrames: 3, numberOfPlays: 0 });
  expect(decoded.frames.map(({ data }) => [...data])).toEqual(
    [1, 100, 7].map((value) => [...image(value).data]),
  );
  expect(
    decoded.frames.map(({ delayNumber, delayDenominator }) => delayNumber / delayDenominator),
  ).toEqual([0.3, 1.5, 0.04]);
});

it('an animated PNG has at least one frame, all of one size', () => {
  expect(() => animatedPng([])).toThrow('must have a frame');
  expect(() => animatedPng([frame(1, 1), frame(1, 1, 3)])).toThrow('frame 1 has another size');
});
