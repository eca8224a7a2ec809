import { beforeAll, describe, expect, it } from 'vitest';
import {
  headsOf,
  meanAblation,
  meanHeadOutputs,
  zeroAblation,
  summariseHeads,
  sweepHeads,
} from '../../probes/heads.ts';
import { summarise } from '../../probes/interchange-summary.ts';
import { sweepLayers } from '../../probes/interchange.ts';
import { attentionCuts, windowedCuts, causalEdges } from '../../probes/knockout.ts';
import type { ProbeSubject } from '../../probes/prompt-batch.ts';
import { answerWithAblations, concatAnswers, ablationEffect } from '../../probes/ablation.ts';
import { accuracyOf } from '../../statistics/intervals.ts';
import type { HeadRun } from '../../probes/runner.ts';
import { summariseTokens, sweepTokens } from '../../probes/tokens.ts';
import { packPrompt } from '../../task/prompt.ts';
import { generateScene } from '../../task/scene.ts';
import { parseSpec } from '../../task/spec.ts';
import { openSubject } from '../../measurement/probe-subject.ts';
import { elementAt } from '../../task/element-at.ts';
import { SHIPPED_MODELS } from '../support/shipped.ts';

const models = new URL('../../models/', import.meta.url).pathname;
const id = elementAt(SHIPPED_MODELS, 0);
const indices = (count: number) => Array.from({ length: count }, (_, index) => index);
const spec = parseSpec({ objects: 8 });
const promptOf = (modality: 'text' | 'image') =>
  packPrompt(generateScene(spec, 1, 0), modality, spec.grid, [
    { question: 'indirect', object: 0 },
    { question: 'indirect', object: 1 },
  ]);

describe('edges', () => {
  it('are those that causal attention allows', () => {
    const text = causalEdges(promptOf('text')).map(({ from, to }) => `${from} ${to}`);
    expect(text).toContain('colour shape');
    expect(text).toContain('query query');
    expect(text).not.toContain('context-end context-end');
    expect(text).not.toContain('shape association-shape');
    expect(text).toHaveLength(22);
    const image = causalEdges(promptOf('image')).map(({ from, to }) => `${from} ${to}`);
    expect(image).toContain('query patch');
    expect(image.join()).not.toContain('colour');
  });

  it('are cut in every window of layers, and in all', () => {
    const cuts = windowedCuts([{ from: 'query', to: 'colour' }], 4, 2);
    expect(cuts.map(({ layers }) => layers)).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [0, 3],
    ]);
  });

  it('never part a token from itself, nor one question from another', () => {
    const prompt = promptOf('text');
    const { cuts = [] } = attentionCuts({ from: 'query', to: 'query', layers: [0, 0] }, prompt, 3);
    expect(cuts).toHaveLength(2);
    expect(cuts.every(({ row, from, to }) => row === 3 && from === to + 1)).toBe(true);
  });
});

describe('lesions', () => {
  it('are counted query by query', () => {
    const lesion = ablationEffect([true, true, true, false], [true, false, false, true]);
    expect(lesion).toMatchObject({ accuracyDrop: 0.25, regressed: 2, fixed: 1 });
    expect(lesion.accuracy).toMatchObject({ correct: 2, count: 4 });
  });

  it('join run after run', () => {
    const part = { baseline: [true], ablated: [[false], [true]] };
    expect(concatAnswers([part, part])).toEqual({
      baseline: [true, true],
      ablated: [
        [false, false],
        [true, true],
      ],
    });
  });
});

describe(`on the shipped model ${id}`, () => {
  let subject: ProbeSubject<HeadRun>;
  beforeAll(async () => {
    ({ subject } = await openSubject(models, id));
  });

  it('cutting nothing changes nothing; cutting all that reads the context leaves chance', async () => {
    const prompt = promptOf('text');
    const toContext = causalEdges(prompt).filter(({ to }) => to === 'colour' || to === 'shape');
    const last = subject.probe.shape.layers - 1;
    const lesions = [[], toContext];
    const answers = await answerWithAblations(
      subject,
      spec,
      1,
      indices(64),
      lesions,
      (edges, laid, row) => ({
        cuts: edges.flatMap(
          (edge) => attentionCuts({ ...edge, layers: [0, last] }, laid, row).cuts ?? [],
        ),
      }),
    );
    expect(accuracyOf(answers.baseline).accuracy).toBeGreaterThanOrEqual(0.95);
    expect(answers.ablated[0]).toEqual(answers.baseline);
    // Eight items stand there: a guess among them is right once in eight.
    expect(accuracyOf(elementAt(answers.ablated, 1)).accuracy).toBeLessThan(0.3);
  });

  it('controls of equal norm move answers, but to the candidates no more than to other items', async () => {
    const { layers, peakLayer, solved } = summarise(
      await sweepLayers(subject, spec, 1, indices(64)),
    );
    expect(solved).toBeGreaterThan(50);
    const { shares, controls } = elementAt(layers, peakLayer);
    expect(shares.positional.accuracy + shares.symbolic.accuracy).toBeGreaterThan(0.9);
    for (const { positional, symbolic, unchanged } of Object.values(controls)) {
      expect(unchanged.accuracy).toBeLessThan(0.7);
      // Eight items: a guess among them is P's or L's once in four.
      expect(positional.accuracy + symbolic.accuracy).toBeLessThan(0.5);
    }
  });

  it('some head is needed and some is not', async () => {
    const heads = headsOf(subject.probe);
    const { baseline, ablated } = await answerWithAblations(
      subject,
      spec,
      1,
      indices(32),
      heads,
      zeroAblation,
    );
    const lost = ablated.map((answers) => ablationEffect(baseline, answers).accuracyDrop);
    expect(Math.max(...lost)).toBeGreaterThan(0.4);
    expect(Math.min(...lost)).toBeLessThan(0.05);
  });

  it('a head put to its mean over the very scene that is asked about is left alone', async () => {
    const heads = headsOf(subject.probe);
    const own = meanAblation(await meanHeadOutputs(subject, spec, 1, [5]));
    const { baseline, ablated } = await answerWithAblations(subject, spec, 1, [5], heads, own);
    expect(ablated).toEqual(heads.map(() => baseline));
  });

  it('the mean over other scenes takes what a head knows of this one', async () => {
    const heads = headsOf(subject.probe);
    const others = indices(40).map((index) => 1000 + index);
    const means = meanAblation(await meanHeadOutputs(subject, spec, 1, others));
    const { baseline, ablated } = await answerWithAblations(
      subject,
      spec,
      1,
      indices(32),
      heads,
      means,
    );
    const lost = ablated.map((answers) => ablationEffect(baseline, answers).accuracyDrop);
    expect(Math.max(...lost)).toBeGreaterThan(0.4);
    expect(Math.min(...lost)).toBeLessThan(0.05);
  });

  it('means are those of all runs together', async () => {
    const [few, many] = [indices(2), indices(33)];
    const head = { layer: 1, head: 0 };
    const at = async (of: readonly number[]) =>
      (await meanHeadOutputs(subject, spec, 1, of))(head, 4);
    const [one, other, both] = [await at([0]), await at([1]), await at(few)];
    expect(both).toHaveLength(subject.probe.shape.width / subject.probe.shape.heads);
    both.forEach((value, i) => {
      expect(value).toBeCloseTo((elementAt(one, i) + elementAt(other, i)) / 2, 5);
    });
    const [first, last, all] = [await at(many.slice(0, 32)), await at([32]), await at(many)];
    expect(all).toHaveLength(both.length);
    all.forEach((value, i) => {
      expect(value).toBeCloseTo((32 * elementAt(first, i) + elementAt(last, i)) / 33, 5);
    });
  });

  it('a head carries over what it found', async () => {
    const outcomes = await sweepHeads(subject, spec, 1, indices(24));
    const heads = summariseHeads(headsOf(subject.probe), outcomes);
    expect(outcomes.length).toBeGreaterThan(20);
    expect(Math.max(...heads.map(({ minLogitDelta }) => minLogitDelta ?? 0))).toBeGreaterThan(0);
    expect(Math.min(...heads.map(({ shares }) => shares.unchanged.accuracy))).toBeLessThan(0.8);
  });

  it("a token's patch acts where its prompts differ, and only there", async () => {
    const outcomes = await sweepTokens(subject, spec, 1, indices(3));
    const groups = summariseTokens(outcomes);
    const [before] = groups.find((g) => g.token === 'colour' && g.object === 'asked')?.layers ?? [];
    expect(before?.minLogitDelta).toBeGreaterThan(0);
    // The colours of L and R are the same in both prompts.
    const [same] =
      groups.find((g) => g.token === 'colour' && g.object === 'symbolic')?.layers ?? [];
    expect(same?.minLogitDelta).toBe(0);
    // Before the first layer, the end of the context and the mark of a question are the same anywhere.
    for (const token of ['context-end', 'question']) {
      const [bare, ...later] = groups.find((g) => g.token === token)?.layers ?? [];
      expect(bare?.minLogitDelta).toBe(0);
      expect(later).toHaveLength(subject.probe.shape.layers - 1);
    }
    expect(groups).toHaveLength(18);
    expect(groups[0]?.layers).toHaveLength(subject.probe.shape.layers);
  });
});
