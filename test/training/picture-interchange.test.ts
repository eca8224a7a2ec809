import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { InterchangeProgress } from '../../measurement/language/interchange-progress.ts';
import { interchangeWords } from '../../measurement/language/interchange-words.ts';
import { openLanguageModel } from '../../measurement/language/language-model.ts';
import { PICTURE_WORDING, writePictureNetwork } from '../support/picture-network.ts';

/** Interchange on pictures, of two networks that solve them by a mechanism that is written down. */

const MECHANISMS = ['symbolic', 'positional'] as const;
const PAIRS = 8;
const QUERIES = 8;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bindscope-pictures-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it('finds the mechanism of each, at the layer that has it, and the difference between them', async () => {
  const models = await Promise.all(
    MECHANISMS.map((mechanism) =>
      openLanguageModel(writePictureNetwork(join(folder, mechanism), mechanism), {
        memory: 2 ** 26,
        pictures: true,
      }),
    ),
  );
  const plan = { chat: false, order: 'context', seed: 3, objects: 6, pairs: PAIRS } as const;
  const { models: results, paired } = await interchangeWords(
    models,
    PICTURE_WORDING,
    { ...plan, lengths: [8], queries: QUERIES },
    InterchangeProgress.open(join(folder, 'progress.jsonl'), plan),
    { version: '0', commit: null },
    () => undefined,
  );
  for (const [index, mechanism] of MECHANISMS.entries()) {
    const { accuracy, interchange, mixture } = results[index] ?? {};
    expect(accuracy?.[0]?.free).toMatchObject({ correct: QUERIES, count: QUERIES });
    const layer = index + 3;
    expect(interchange).toMatchObject({
      solved: PAIRS,
      firstCausalLayer: layer,
      peakLayer: layer,
    });
    // Before the last layer, the stream has what the first hop found; before that, the question alone.
    const found = interchange?.layers.map(
      ({ shares }) => Object.entries(shares).find(([, { correct }]) => correct === PAIRS)?.[0],
    );
    const before = Array.from({ length: layer }, () => 'unchanged');
    expect(found).toEqual([...before, mechanism, 'reflexive']);
    expect(mixture?.[layer]?.weights[mechanism].weight).toBeGreaterThan(0.97);
  }
  expect(paired?.symbolic).toMatchObject({ both: 0, onlyA: PAIRS, onlyB: 0 });
  await Promise.all(models.map((model) => model.release()));
});
