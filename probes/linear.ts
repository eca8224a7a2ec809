import { LINEAR_FEATURES, LINEAR_TOKENS, type Linear } from '../contract/probes.ts';
import { proportion } from '../statistics/intervals.ts';
import { elementAt } from '../task/element-at.ts';
import { RandomStream } from '../task/random.ts';
import { generateScene, type Scene } from '../task/scene.ts';
import type { QuerySpec } from '../task/spec.ts';
import { objectTokens, tokenIndexOf } from './object-tokens.ts';
import { buildPromptBatch, indirectQuestion, type ProbeSubject } from './prompt-batch.ts';
import { Ridge, type Vectors } from './ridge.ts';

/**
 * Linear probes: what can be decoded from the residual stream at a token (paper, "Linear probes"). The
 * binding signature is a surge of colour at shape tokens, and of shape at the query.
 */

type LinearToken = (typeof LINEAR_TOKENS)[number];
type LinearFeature = (typeof LINEAR_FEATURES)[number];

/** Penalty of the regression: small, since there are many more samples than coordinates. */
export const RIDGE = 0.01;

/** The features of one object, and the residual stream at its tokens. */
interface Sample {
  readonly labels: Readonly<Record<LinearFeature, number>>;
  /** Per token of the object, the stream [D] before each layer and after the last. */
  readonly streams: ReadonlyMap<LinearToken, Vectors>;
}

/**
 * Samples of the objects of some scenes.
 *
 * @param indices the scenes' indices
 * @param questionsPerScene objects per scene, at most all; with one, the samples are independent
 */
export async function collectSamples(
  { probe, ...vision }: ProbeSubject,
  spec: QuerySpec,
  seed: number,
  indices: readonly number[],
  questionsPerScene: number,
): Promise<Sample[]> {
  const scenes = indices.map((index) => {
    const scene = generateScene(spec, seed, index);
    return { scene, objects: scene.asked.slice(0, questionsPerScene) };
  });
  const { batch, prompts } = await buildPromptBatch(
    vision,
    spec,
    scenes.map(({ scene, objects }) => ({ scene, questions: objects.map(indirectQuestion) })),
  );
  const run = await probe.run(batch);
  const streamAt = (row: number, token: number) =>
    Array.from({ length: probe.shape.layers + 1 }, (_, layer) =>
      run.residual(layer, { row, token }),
    );
  return scenes.flatMap(({ scene, objects }, row) =>
    objects.map((object, question): Sample => {
      const prompt = elementAt(prompts, row);
      const tokens = [
        ...objectTokens(spec.modality).map(
          (token) => [token, tokenIndexOf(prompt, scene, spec.grid, token, object)] as const,
        ),
        ['query', elementAt(prompt.answers, question).tokenIndex] as const,
      ];
      return {
        labels: labelsOf(scene, object, spec),
        streams: new Map(tokens.map(([token, index]) => [token, streamAt(row, index)])),
      };
    }),
  );
}

function labelsOf(scene: Scene, object: number, { modality, grid }: QuerySpec): Sample['labels'] {
  const { colour, shape, item, row, column } = elementAt(scene.objects, object);
  // A picture has no order: an object's position is its cell.
  return { colour, shape, item, position: modality === 'image' ? row * grid + column : object };
}

function classCounts({ modality, grid, objects, vocabulary }: QuerySpec): Sample['labels'] {
  return {
    colour: vocabulary.colours,
    shape: vocabulary.shapes,
    item: vocabulary.items,
    position: modality === 'image' ? grid ** 2 : objects,
  };
}

/**
 * Fits a probe for every feature, token and layer, and tests it on other scenes.
 *
 * @param seed of the shuffled labels of the control
 * @param train, test samples; `train` must not be empty
 */
export function fitProbes(
  spec: QuerySpec,
  seed: number,
  train: readonly Sample[],
  test: readonly Sample[],
): Linear['probes'] {
  const classes = classCounts(spec);
  const shuffled = new RandomStream([0x5471, seed, train.length, 0])
    .sample(train.length, train.length)
    .map((index) => elementAt(train, index));
  const labelsOfAll = (samples: readonly Sample[], feature: LinearFeature) =>
    samples.map(({ labels }) => labels[feature]);
  const fitAt = (token: LinearToken, layer: number) => {
    const vectorOf = ({ streams }: Sample) => elementAt(streams.get(token) ?? [], layer);
    const ridge = new Ridge(train.map(vectorOf), RIDGE);
    return (feature: LinearFeature) => {
      const score = (labels: readonly number[]) => {
        const classify = ridge.fit(labels, classes[feature]);
        const correct = test.filter((one) => classify(vectorOf(one)) === one.labels[feature]);
        return proportion(correct.length, test.length);
      };
      return {
        layer,
        accuracy: score(labelsOfAll(train, feature)),
        control: score(labelsOfAll(shuffled, feature)),
      };
    };
  };
  return [...elementAt(train, 0).streams].flatMap(([token, stream]) => {
    const fits = stream.map((_, layer) => fitAt(token, layer));
    return LINEAR_FEATURES.map((feature) => ({
      token,
      feature,
      chance: 1 / classes[feature],
      layers: fits.map((fit) => fit(feature)),
    }));
  });
}
