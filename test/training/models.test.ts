import * as ortNode from 'onnxruntime-node';
import * as ortWeb from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { answerQueries } from '../../inference/answer-queries.ts';
import { toFeeds } from '../../inference/model-inputs.ts';
import { listQueryIndices } from '../../task/query-indices.ts';
import { openModel, type ModelFiles } from '../../inference/session.ts';
import { fuseModel } from '../../onnx/fusion/fuse.ts';
import { assembleBatch, type Batch } from '../../task/batch.ts';
import { packPrompt } from '../../task/prompt.ts';
import { generateScene } from '../../task/scene.ts';
import { parseSpec } from '../../task/spec.ts';
import { CachingPatchEncoder } from '../../inference/patch-encoder.ts';
import { freshState } from '../../trainer/engines/engine.ts';
import { ENGINES } from '../../trainer/engines/index.ts';
import { parameterSpecs } from '../../trainer/model/index.ts';
import { SHIPPED_MODELS, shippedCard, shippedFile } from '../support/shipped.ts';
import { relativeError } from '../support/training.ts';
import { readWeights } from '../support/weights.ts';
import { elementAt } from '../../task/element-at.ts';

describe.each(SHIPPED_MODELS)('%s', (id) => {
  const card = shippedCard(id);
  const model = shippedFile(`${id}/model.onnx`);
  const encoder = card.files.encoder ? shippedFile(`${id}/encoder.onnx`) : undefined;
  const sees = card.modalities.includes('image');
  const featureWidth = sees ? card.recipe.model.patchFeatures : 0;
  const files: ModelFiles = { model, ...(encoder && { encoder }), featureWidth };

  it('can be rewritten for speed', () => {
    expect(fuseModel(model)).toBeDefined();
  });

  it('gives the same logits rewritten as by its file', async () => {
    const runner = await openModel(ortNode, files);
    const session = await ortNode.InferenceSession.create(model);
    for (const objects of [1, 8, 24]) {
      const batch = await randomBatch(objects, sees && objects === 8, runner);
      const { logits } = await session.run(toFeeds(batch, featureWidth, ortNode.Tensor));
      const expected = logits?.data as Float32Array;
      const found = await runner.logits(batch);
      expect(relativeError(found, expected), `${objects} objects`).toBeLessThan(2e-5);
    }
  });

  it('answers as its card says', async () => {
    const runner = await openModel(ortNode, files);
    expect(card.evaluation.results.length).toBeGreaterThan(0);
    for (const { modality, order, byObjects } of card.evaluation.results) {
      const { objects, interval } =
        byObjects.find((point) => point.objects === 9) ?? elementAt(byObjects, 0);
      const { vocabulary, grid } = card.recipe;
      const spec = parseSpec({ split: 'test', modality, order, objects, vocabulary, grid });
      const places = listQueryIndices(objects, 192, 2);
      const outcomes = await answerQueries(runner, spec, card.evaluation.seed, places);
      const accuracy = outcomes.filter(({ correct }) => correct).length / outcomes.length;
      // The first of the card's queries: their own scatter is about 0.035.
      expect(accuracy).toBeGreaterThan(interval[0] - 0.12);
      expect(accuracy).toBeLessThan(interval[1] + 0.12);
    }
  });

  it('gives the same logits in onnxruntime-node and onnxruntime-web, at every length', async () => {
    const native = await openModel(ortNode, files);
    const web = await openModel(ortWeb, files);
    for (const objects of [1, 2, 5, 8, 13, 21, 32]) {
      const batch = await randomBatch(objects, sees && objects % 8 === 0, native);
      const [one, other] = [await native.logits(batch), await web.logits(batch)];
      // Eight layers of float32, summed in another order.
      expect(relativeError(other, one), `${objects} objects`).toBeLessThan(2e-5);
    }
  });

  // Plain JavaScript takes its time: one model of each size and input shows that it agrees.
  it.runIf(['text-only', 'image-text', 'image-text-paper'].includes(id))(
    'gives the same logits in tfjs',
    async () => {
      const config = { ...card.recipe.model, patchFeatures: featureWidth };
      // Constants of the graph come first in the file.
      const weights = [...readWeights(model).values()].slice(-parameterSpecs(config).length);
      const theta = weights.flatMap((values) => [...values]);
      const eager = await ENGINES['tfjs-cpu'](config, freshState(Float32Array.from(theta)), {});
      const native = await openModel(ortNode, files);
      for (const objects of [1, 8]) {
        const batch = await randomBatch(objects, sees && objects === 8, native);
        const [one, other] = [await native.logits(batch), await eager.logits(batch)];
        expect(relativeError(other, one), `${objects} objects`).toBeLessThan(2e-5);
      }
    },
  );

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
