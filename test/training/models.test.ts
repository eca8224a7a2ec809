import { createHash } from 'node:crypto';
import * as ortNode from 'onnxruntime-node';
import * as ortWeb from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { totalBudget } from '../../contract/card.ts';
import { answerQueries } from '../../inference/answer-queries.ts';
import { listQueryIndices } from '../../task/query-indices.ts';
import { openModel, type ModelFiles } from '../../inference/session.ts';
import { assembleBatch, type Batch } from '../../task/batch.ts';
import { packPrompt } from '../../task/prompt.ts';
import { generateScene } from '../../task/scene.ts';
import { parseSpec } from '../../task/spec.ts';
import { CachingPatchEncoder } from '../../inference/patch-encoder.ts';
import { freshState } from '../../trainer/engines/engine.ts';
import { ENGINES } from '../../trainer/engines/index.ts';
import { parameterSpecs } from '../../trainer/model/index.ts';
import { plotTraining } from '../../plots/training.ts';
import { SHIPPED_MODELS, shippedCard, shippedFile } from '../support/shipped.ts';
import { readWeights } from '../support/weights.ts';
import { elementAt } from '../../task/element-at.ts';

describe.each(SHIPPED_MODELS)('%s', (id) => {
  const card = shippedCard(id);
  const model = shippedFile(`${id}/model.onnx`);
  const encoder = card.files.encoder ? shippedFile(`${id}/encoder.onnx`) : undefined;
  const sees = card.modalities.includes('image');
  const featureWidth = sees ? card.recipe.model.patchFeatures : 0;
  const files: ModelFiles = { model, ...(encoder && { encoder }), featureWidth };

  it('has the files that its card names', () => {
    const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    expect(card.id).toBe(id);
    expect(digest(model)).toBe(card.files.model.sha256);
    expect(model.length).toBe(card.files.model.bytes);
    expect(encoder && digest(encoder)).toBe(card.files.encoder?.sha256);
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

  it('answers as its card says', async () => {
    const runner = await openModel(ortNode, files);
    expect(card.evaluation.results.length).toBeGreaterThan(0);
    for (const { modality, order, byObjects } of card.evaluation.results) {
      const { objects, interval } =
        byObjects.find((point) => point.objects === 9) ?? elementAt(byObjects, 0);
      const { vocabulary, grid } = card.recipe;
      const spec = parseSpec({ split: 'test', modality, order, objects, vocabulary, grid });
      const places = listQueryIndices(objects, 200, 1);
      const outcomes = await answerQueries(runner, spec, card.evaluation.seed, places);
      const accuracy = outcomes.filter(({ correct }) => correct).length / outcomes.length;
      // The first 200 of the card's queries: their own scatter is about 0.035.
      expect(accuracy).toBeGreaterThan(interval[0] - 0.12);
      expect(accuracy).toBeLessThan(interval[1] + 0.12);
    }
  });

  it('gives the same logits in tfjs, onnxruntime-node and onnxruntime-web, at every length', async () => {
    const config = { ...card.recipe.model, patchFeatures: featureWidth };
    // Constants of the graph come first in the file.
    const weights = [...readWeights(model).values()].slice(-parameterSpecs(config).length);
    const theta = weights.flatMap((values) => [...values]);
    const eager = await ENGINES['tfjs-cpu'](config, freshState(Float32Array.from(theta)), {});
    const native = await openModel(ortNode, files);
    const web = await openModel(ortWeb, files);
    let [largest, scale] = [0, 0];
    for (let objects = 1; objects <= 32; objects++) {
      const batch = await randomBatch(objects, sees && objects % 8 === 0, native);
      const expected = await native.logits(batch);
      for (const value of expected) scale = Math.max(scale, Math.abs(value));
      // Plain JavaScript takes its time: every fourth length shows that it agrees.
      const others = [await web.logits(batch)];
      if (objects % 4 === 1) others.push(await eager.logits(batch));
      for (const logits of others) {
        logits.forEach((value, i) => {
          largest = Math.max(largest, Math.abs(value - elementAt(expected, i)));
        });
      }
    }
    // Eight layers of float32, summed in another order.
    expect(largest / scale).toBeLessThan(2e-5);
  });

  /** One scene with two questions. */
  async function randomBatch(
    objects: number,
    picture: boolean,
    runner: { encode: CachingPatchEncoder['encode'] },
  ): Promise<Batch> {
    const modality = picture ? 'image' : 'text';
    const { vocabulary, grid } = card.recipe;
    const spec = parseSpec({
      modality,
      objects,
      vocabulary,
      grid,
      order: 'shuffled',
      maxPositionGaps: 9,
    });
    const scene = generateScene(spec, 11, objects);
    const asks = scene.asked
      .slice(0, 2)
      .map((object) => ({ question: 'indirect' as const, object }));
    const prompt = packPrompt(scene, modality, grid, asks);
    const features = picture ? await runner.encode(scene.objects, grid) : undefined;
    return assembleBatch([{ prompt, ...(features && { features }) }], featureWidth);
  }
});
