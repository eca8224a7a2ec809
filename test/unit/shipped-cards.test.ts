import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { totalBudget } from '../../contract/card.ts';
import { plotTraining } from '../../plots/training.ts';
import { SHIPPED_MODELS, shippedCard, shippedFile } from '../support/shipped.ts';

describe.each(SHIPPED_MODELS)('the card of %s', (id) => {
  const card = shippedCard(id);

  it('has the files that its card names', () => {
    const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    const model = shippedFile(`${id}/model.onnx`);
    expect(card.id).toBe(id);
    expect(digest(model)).toBe(card.files.model.sha256);
    expect(model.length).toBe(card.files.model.bytes);
    if (card.files.encoder) {
      expect(digest(shippedFile(`${id}/encoder.onnx`))).toBe(card.files.encoder.sha256);
    }
  });

  it('has the figure that its card makes', () => {
    expect(Buffer.from(shippedFile(`${id}/training.svg`)).toString()).toBe(plotTraining(card));
  });

  it('was trained by a clean commit of this repository', () => {
    expect(card.training.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(card.training.command).toMatch(/^npm run train -- --regime /);
  });

  it('answers what it was trained on last: in distribution, from 4,000 queries a count', () => {
    // Text: 99 %, and no count clearly below. Before text returns there are pictures alone.
    const readsText = card.recipe.stages.some(({ mix }) => mix.some((s) => s.modality === 'text'));
    expect(readsText).toBe(card.recipe.regime !== 'image-only');
    const [wanted, least] = readsText ? ['text/context', 0.99] : ['image/shuffled', 0.97];
    const result = card.evaluation.results.find(
      ({ modality, order }) => `${modality}/${order}` === wanted,
    );
    const inside = result?.byObjects.filter(({ objects }) => objects <= 8) ?? [];
    expect(inside.map(({ objects }) => objects)).toEqual([2, 3, 4, 5, 6, 7, 8]);
    expect(result?.id.accuracy).toBeGreaterThanOrEqual(least);
    for (const { interval, count } of inside) {
      if (readsText) expect(interval[1]).toBeGreaterThanOrEqual(0.99);
      expect(count).toBeGreaterThanOrEqual(4000);
    }
  });

  it('has the budget of another run where its recipe says so', () => {
    const { matchBudgetOf, from } = card.recipe;
    if (from === undefined) expect(card.training.lineage).toEqual([]);
    if (matchBudgetOf === undefined) return;
    const [own, other] = [card, shippedCard(matchBudgetOf)].map(({ training }) =>
      totalBudget(training),
    );
    expect({ ...own, seconds: 0 }).toEqual({ ...other, seconds: 0 });
  });
});
