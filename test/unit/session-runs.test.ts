import { describe, expect, it } from 'vitest';
import { planRuns, readLogits, type RunSignature } from '../../inference/session-runs.ts';
import type { SignatureInput } from '../../onnx/signature-inputs.ts';
import { assembleBatch, type Batch } from '../../task/batch.ts';
import { packPrompt } from '../../task/prompt.ts';
import { generateScene } from '../../task/scene.ts';
import { parseSpec } from '../../task/spec.ts';
import { TOKEN_COUNT } from '../../task/tokens.ts';

const input = (
  name: string,
  role: SignatureInput['role'],
  type: SignatureInput['type'],
  dims: SignatureInput['dims'] = ['rows', 'tokens'],
): SignatureInput => ({ name, role, type, dims });
const TOKENS = input('input_ids', 'tokens', 'int64');
const POSITIONS = input('position_ids', 'positions', 'int32');

const decoder = (
  inputs: readonly SignatureInput[] = [TOKENS, POSITIONS],
  at: RunSignature['logits']['at'] = 'every-token',
): RunSignature => ({
  kind: 'decoder',
  inputs,
  logits: { name: 'logits', type: 'float32', at },
  vocabulary: TOKEN_COUNT,
});

/** A prompt with a question about each of these objects of its scene. */
function promptOf(index: number, objects: readonly number[], gaps = 0) {
  const spec = parseSpec({ objects: 4, maxPositionGaps: gaps });
  const questions = objects.map((object) => ({ question: 'indirect' as const, object }));
  return packPrompt(generateScene(spec, 1, index), 'text', spec.grid, questions);
}

const packed = (...asked: readonly (readonly number[])[]): Batch =>
  assembleBatch(asked.map((objects, index) => ({ prompt: promptOf(index, objects) })));

const numbers = (data: ArrayLike<number | bigint> | undefined) => Array.from(data ?? [], Number);

function rowsOf(data: ArrayLike<number | bigint> | undefined, width: number): number[][] {
  const all = numbers(data);
  return Array.from({ length: all.length / width }, (_, row) =>
    all.slice(row * width, (row + 1) * width),
  );
}

describe('a packed batch for a decoder', () => {
  const asked = [[2, 0, 3], [1]];
  const runs = planRuns(packed(...asked), decoder());
  const alone = asked.flatMap((objects, index) => objects.map((one) => promptOf(index, [one])));

  it('is one row for each question, with the tokens and positions of the question asked alone', () => {
    expect(runs).toHaveLength(1);
    const [run] = runs;
    expect(run?.rows).toBe(4);
    expect(run?.answers).toEqual([0, 1, 2, 3]);
    const { input_ids: ids, position_ids: positions } = run?.feeds ?? {};
    expect(ids?.dims).toEqual([4, run?.tokens]);
    expect(rowsOf(ids?.data, run?.tokens ?? 0)).toEqual(alone.map(({ tokens }) => [...tokens]));
    expect(rowsOf(positions?.data, run?.tokens ?? 0)).toEqual(
      alone.map((prompt) => [...prompt.positions]),
    );
  });

  it('has a token of the context in each row that reads it, and a token of a question in one', () => {
    const [run] = runs;
    expect(run?.locate({ row: 0, token: 0 }).map(({ row }) => row)).toEqual([0, 1, 2]);
    expect(run?.locate({ row: 1, token: 0 })).toEqual([{ row: 3, token: 0 }]);
    const last = promptOf(0, [2, 0, 3]).tokens.length - 1;
    expect(run?.locate({ row: 0, token: last })).toEqual([
      { row: 2, token: (run?.tokens ?? 0) - 1 },
    ]);
  });
});

it('prompts of different lengths are in different runs, so that no row is padded', () => {
  const spec = parseSpec({ objects: 2 });
  const ask = [{ question: 'indirect' as const, object: 0 }];
  const short = packPrompt(generateScene(spec, 1, 0), 'text', spec.grid, ask);
  const batch = assembleBatch([{ prompt: promptOf(0, [0]) }, { prompt: short }]);
  const runs = planRuns(batch, decoder());
  expect(runs.map(({ answers }) => answers)).toEqual([[0], [1]]);
  expect(numbers(runs[1]?.feeds['input_ids']?.data)).toEqual([...short.tokens]);
});

it('a file with one row is run once for each question', () => {
  const single = decoder([input('input_ids', 'tokens', 'int64', [1, 'tokens'])]);
  expect(planRuns(packed([0, 1, 2]), single).map(({ rows, answers }) => [rows, answers])).toEqual([
    [1, [0]],
    [1, [1]],
    [1, [2]],
  ]);
});

describe('gaps between positions', () => {
  const prompt = promptOf(3, [0], 50);
  const batch = assembleBatch([{ prompt }]);

  it('are fed to a model with position_ids', () => {
    expect([...prompt.positions]).not.toEqual([...prompt.positions.keys()]);
    const [run] = planRuns(batch, decoder());
    expect(numbers(run?.feeds['position_ids']?.data)).toEqual([...prompt.positions]);
  });

  it('are refused for a model without', () => {
    expect(() => planRuns(batch, decoder([TOKENS]))).toThrow(
      new RangeError('the model has no position_ids, so positions cannot have gaps'),
    );
  });
});

it('pictures are refused for a decoder', () => {
  const batch = { ...packed([0]), patchFeatures: new Float32Array(1) };
  expect(() => planRuns(batch, decoder())).toThrow(RangeError);
});

it.each([
  ['int64', BigInt64Array],
  ['int32', Int32Array],
  ['bool', Uint8Array],
  ['float32', Float32Array],
] as const)('a mask of %s is all ones, in its own type', (type, container) => {
  const mask = input('attention_mask', 'attention-mask', type);
  const [run] = planRuns(packed([0, 1]), decoder([TOKENS, mask]));
  const feed = run?.feeds['attention_mask'];
  expect(feed?.type).toBe(type);
  expect(feed?.data).toBeInstanceOf(container);
  expect(numbers(feed?.data)).toEqual(Array.from({ length: 2 * (run?.tokens ?? 0) }, () => 1));
});

it('positions are repeated for three planes, and a cache is empty', () => {
  const planes = input('position_ids', 'positions', 'int64', [3, 'rows', 'tokens']);
  const cache = input('past_key_values.0.key', 'cache', 'float16', ['rows', 2, 0, 8]);
  const [run] = planRuns(packed([0, 1]), decoder([TOKENS, planes, cache]));
  const [first, second, third] = rowsOf(run?.feeds['position_ids']?.data, 2 * (run?.tokens ?? 0));
  expect(first).toHaveLength(2 * (run?.tokens ?? 0));
  expect(second).toEqual(first);
  expect(third).toEqual(first);
  expect(run?.feeds['past_key_values.0.key']).toEqual({
    ...{ type: 'float16', data: new Uint16Array(0), dims: [2, 2, 0, 8] },
  });
});

describe('the logits of a run', () => {
  const batch = packed([0, 1]);
  const output = (data: Float32Array) => ({ logits: { data, dims: [] } });

  it('are those of the last token of each row', () => {
    const signature = decoder();
    const [run] = planRuns(batch, signature);
    if (!run) throw new Error('no run');
    const all = Float32Array.from({ length: 2 * run.tokens * TOKEN_COUNT }, (_, at) => at);
    const logits = readLogits(output(all), signature, run);
    expect(logits).toHaveLength(2 * TOKEN_COUNT);
    expect(logits[0]).toBe((run.tokens - 1) * TOKEN_COUNT);
    expect(logits[TOKEN_COUNT]).toBe((2 * run.tokens - 1) * TOKEN_COUNT);
  });

  it('are taken as they are where the file gives the last token only', () => {
    const signature = decoder([TOKENS], 'last-token');
    const [run] = planRuns(batch, signature);
    if (!run) throw new Error('no run');
    const last = Float32Array.from({ length: 2 * TOKEN_COUNT }, (_, at) => at);
    expect(readLogits(output(last), signature, run)).toEqual(last);
    expect(() => readLogits(output(last.subarray(1)), signature, run)).toThrow(
      new TypeError('the output "logits" has 939 values instead of 940'),
    );
  });
});
