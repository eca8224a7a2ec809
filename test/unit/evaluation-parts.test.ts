import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../build/paths.ts';
import { modelCardSchema } from '../../contract/card.ts';
import { KNOCKOUT_BYTES, sweepBytes } from '../../services/evaluations/evaluation-parts.ts';
import { knockoutResult } from '../../services/knockout.ts';
import { sweepResult } from '../../services/layer-sweep.ts';
import { LIMITS, parseSpec } from '../../task/spec.ts';

const card = modelCardSchema.parse(
  JSON.parse(readFileSync(join(ROOT, 'models/text-only/card.json'), 'utf8')),
);
/** The longest words and numbers that there are. */
const model = `${'m'.repeat(64)}@${'a'.repeat(64)}`;
const spec = parseSpec({
  objects: 32,
  modality: 'image',
  order: 'shuffled',
  vocabulary: undefined,
});
const plan = { card, spec, seed: LIMITS.uint32, batch: 1 };

it.each([2, 9, 13, 33, 97])('a sweep at %i layers takes no more room than is kept', (count) => {
  const counts = {
    positional: 2345,
    symbolic: 1987,
    reflexive: 1345,
    unchanged: 1234,
    other: 3088,
  };
  const layers = Array.from({ length: count }, (_, layer) => ({
    ...{ layer, outcomes: counts, controls: { random: counts, unrelated: counts } },
    minLogitDelta: 0.12345678901234566,
  }));
  const tally = { pairs: 10_000, solved: 9999, layers };
  const sweep = JSON.stringify(sweepResult(model, { ...plan, workOfPair: 1 }, tally));
  expect(sweep.length).toBeLessThanOrEqual(sweepBytes(count));
  expect(sweep.length).toBeGreaterThan(0.8 * sweepBytes(count));
});

it('a knockout takes no more room than is kept', () => {
  const outcomes = (each: number) => Array.from({ length: 9999 }, (_, query) => query % each === 0);
  const cut = { from: 'association-item', to: 'association-shape', layers: [10, 11] } as const;
  const answers = { baseline: outcomes(7), cut: outcomes(13) };
  const knockout = JSON.stringify(knockoutResult(model, { ...plan, cut, workOfQuery: 1 }, answers));
  expect(knockout.length).toBeLessThanOrEqual(KNOCKOUT_BYTES);
  expect(knockout.length).toBeGreaterThan(0.8 * KNOCKOUT_BYTES);
});
