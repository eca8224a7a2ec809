import { describe, expect, it } from 'vitest';
import { Ridge } from '../../probes/ridge.ts';
import { collectSamples, fitProbes } from '../../probes/linear.ts';
import { RandomStream } from '../../task/random.ts';
import { parseSpec } from '../../task/spec.ts';
import { describeToken } from '../../task/tokens.ts';
import type { ProbeRunner } from '../../probes/runner.ts';
import { elementAt } from '../../task/element-at.ts';

const indices = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

describe('ridge regression', () => {
  const draw = new RandomStream([1, 2, 3, 4]);
  const codes = Array.from({ length: 5 }, () => Array.from({ length: 12 }, () => draw.normal()));
  /** A planted linear code, an offset that says nothing, and noise. */
  const sample = (label: number) =>
    Float32Array.from(elementAt(codes, label), (value) => 100 + value + 0.2 * draw.normal());
  const labels = (count: number) => Array.from({ length: count }, () => draw.below(5));
  const [train, test] = [labels(400), labels(200)];
  const [seen, held] = [train.map(sample), test.map(sample)];
  const accuracy = (fitted: readonly number[]) => {
    const classify = new Ridge(seen, 0.01).fit(fitted, 5);
    return held.filter((vector, i) => classify(vector) === test[i]).length / held.length;
  };

  it('recovers a planted code on vectors that it has not seen', () => {
    expect(accuracy(train)).toBeGreaterThan(0.97);
  });

  it('finds nothing in shuffled labels', () => {
    const shuffled = draw.sample(train.length, train.length).map((i) => elementAt(train, i));
    expect(accuracy(shuffled)).toBeLessThan(0.5);
  });

  it('takes coordinates that never vary', () => {
    const constant = [Float32Array.of(3, 3), Float32Array.of(3, 3), Float32Array.of(3, 3)];
    expect(new Ridge(constant, 0.01).fit([1, 1, 0], 2)(elementAt(constant, 0))).toBe(1);
  });
});

describe('linear probes', () => {
  const spec = parseSpec({ objects: 4, vocabulary: { colours: 6, shapes: 6, items: 6 } });

  /** A network whose stream at a token is that token's name, drawn at random, and after its layer zero. */
  const network: ProbeRunner = {
    shape: { layers: 1, width: 24, heads: 1 },
    run: ({ tokens, length }) =>
      Promise.resolve({
        logits: new Float32Array(),
        residual: (layer, { row, token }) => {
          const draw = new RandomStream([7, elementAt(tokens, row * length + token), 0, 0]);
          return Float32Array.from({ length: 24 }, () => (layer === 0 ? draw.normal() : 0));
        },
      }),
  };
  const encode = () => Promise.reject(new Error('this test reads text'));
  const subject = { probe: network, encode, featureWidth: 0 };

  it('read a token off its stream, and nothing else off it', async () => {
    const train = await collectSamples(subject, spec, 1, indices(0, 80), 4);
    const test = await collectSamples(subject, spec, 1, indices(80, 120), 1);
    expect([train.length, test.length]).toEqual([320, 120]);
    const probes = fitProbes(spec, 1, train, test);
    const at = (token: string, feature: string) =>
      probes.find((probe) => probe.token === token && probe.feature === feature)?.layers ?? [];
    const own = [
      ['colour', 'colour'],
      ['shape', 'shape'],
      ['association-shape', 'shape'],
      ['association-item', 'item'],
      ['query', 'colour'],
    ] as const;
    for (const [token, feature] of own) {
      const [before, after] = at(token, feature);
      expect(before?.accuracy.accuracy).toBe(1);
      expect(before?.control.accuracy).toBeLessThan(0.5);
      expect(after?.accuracy.accuracy).toBeLessThan(0.5);
    }
    expect(at('shape', 'colour')[0]?.accuracy.accuracy).toBeLessThan(0.5);
    expect(at('query', 'position')[0]?.accuracy.accuracy).toBeLessThan(0.6);
  });

  it('take the tokens of the object they speak of', async () => {
    const sample = elementAt(await collectSamples(subject, spec, 1, [5], 1), 0);
    const stream = sample.streams.get('shape')?.[0];
    const named = indices(0, 300).filter((token) => {
      const draw = new RandomStream([7, token, 0, 0]);
      return Math.abs(draw.normal() - (stream?.[0] ?? 0)) < 1e-6;
    });
    expect(describeToken(elementAt(named, 0))).toMatchObject({
      kind: 'shape',
      index: sample.labels.shape,
    });
  });
});
