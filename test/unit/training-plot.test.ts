import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { trainedCardSchema, type TrainedCard } from '../../contract/card.ts';
import { stagesOf } from '../../plots/stages.ts';
import { plotTraining } from '../../plots/training.ts';
import { runCard } from '../../trainer/commands/card.ts';
import { curveOf } from '../../trainer/curve.ts';
import type { Metrics } from '../../trainer/metrics.ts';

const metricsAt = (step: number, stage: string, more: Partial<Metrics> = {}): Metrics => ({
  step,
  stage,
  loss: 1,
  gradientNorm: 1,
  learningRate: 1,
  objects: 8,
  accuracy: {},
  answers: step,
  stepsPerSecond: 1,
  ...more,
});

const METRICS = [
  metricsAt(20, 'one'),
  metricsAt(30, 'one', { validation: { 'text.2': 1, 'text.8': 0.5, 'text.9': 0.25 } }),
  metricsAt(40, 'two', {
    mechanism: { text: { layer: 3, positional: 0.25, symbolic: 0.5, solved: 32 } },
  }),
  metricsAt(60, 'two'),
  metricsAt(100, 'two', { validation: { 'text.8': 1, 'text.9': 0.5, 'image.8': 0.75 } }),
];
const MODALITIES: TrainedCard['modalities'] = ['text', 'image'];
const plot = (metrics: readonly Metrics[]) =>
  plotTraining({ id: 'm', modalities: MODALITIES, ...curveOf(metrics) });

/** What the elements of a class say when pointed at. */
const titles = (svg: string, kind: string) =>
  [...svg.matchAll(new RegExp(`<\\w+ class="${kind}"[^>]*><title>([^<]*)`, 'g'))].map((m) => m[1]);

it("a card's curve keeps ends of stages, mechanisms and every hundredth step", () => {
  const { curve } = curveOf(METRICS);
  expect(curve.map(({ step }) => step)).toEqual([30, 40, 100]);
  expect(curve[1]?.mechanism?.text?.solved).toBe(32);
  expect(stagesOf(curve)).toEqual([
    { name: 'one', from: 0, to: 30 },
    { name: 'two', from: 30, to: 100 },
  ]);
});

it('the figure of a run shows accuracies with their counts, stages and the mechanism', () => {
  const svg = plot(METRICS);
  // 96 queries a number of objects: 2 and 8 are in distribution.
  expect(titles(svg, 'dot text')).toEqual([
    'text, as in training, step 30: 75.0\u00a0% [68.4, 80.6], 144 of 192 correct',
    'text, as in training, step 100: 100.0\u00a0% [96.2, 100.0], 96 of 96 correct',
    'text, beyond training, step 30: 25.0\u00a0% [17.4, 34.5], 24 of 96 correct',
    'text, beyond training, step 100: 50.0\u00a0% [40.2, 59.8], 48 of 96 correct',
  ]);
  expect(titles(svg, 'dot image')).toEqual([
    'pictures, as in training, step 100: 75.0\u00a0% [65.5, 82.6], 72 of 96 correct',
  ]);
  expect(titles(svg, 'stage').slice(0, 2)).toEqual(['one: steps 0 to 30', 'two: steps 30 to 100']);
  expect(titles(svg, 'symbolic')).toEqual(['step 40: by shape (symbolic), 16 of 32 solved pairs']);
  expect(titles(svg, 'positional')).toEqual([
    'step 40: by place (positional), 8 of 32 solved pairs',
  ]);
  expect(svg).toContain('Mechanism on text');
  expect(svg).not.toContain('Mechanism on pictures');
  expect(svg).not.toContain('was not probed');
});

it('the figure of a run without mechanism says so', () => {
  const svg = plot(METRICS.filter(({ mechanism }) => !mechanism));
  expect(svg).toContain('The mechanism was not probed');
  expect(svg).not.toContain('Mechanism on');
});

it('the card command makes card and figure again', () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const shipped = new URL('../../models/text-only/', import.meta.url).pathname;
  const models = mkdtempSync(join(tmpdir(), 'bindscope-card-'));
  for (const name of ['card.json', 'training.jsonl', 'model.onnx']) {
    cpSync(join(shipped, name), join(models, 'text-only', name));
  }
  runCard('text-only', { models });
  const read = (name: string) => readFileSync(join(models, 'text-only', name));
  const card = trainedCardSchema.parse(JSON.parse(read('card.json').toString()));
  expect(read('training.svg').toString()).toBe(plotTraining(card));
  expect(() => {
    runCard('nobody', { models });
  }).toThrow(/no model nobody/);

  log.mockRestore();
  rmSync(models, { recursive: true });
});
