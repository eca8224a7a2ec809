import { LINEAR_FEATURES, LINEAR_TOKENS, type Linear } from '../contract/probes.ts';
import { proportion } from '../statistics/intervals.ts';
import { RandomStream } from '../task/random.ts';
import { generateScene, type Scene } from '../task/scene.ts';
import type { QuerySpec } from '../task/spec.ts';
import { indirectQuestion, buildPromptBatch, type ProbeSubject } from './prompt-batch.ts';
import { objectTokens, tokenIndexOf } from './object-tokens.ts';
import { Ridge, type Vectors } from './ridge.ts';

/**
 * Linear probes: what can be read from the residual stream at a token (paper, "Linear probes"). The
 * binding signature is a surge of colour at shape tokens, and of shape at the query.
 */

type LinearToken = (typeof LINEAR_TOKENS)[number];
type LinearFeature = (typeof LINEAR_FEATURES)[number];

/** Penalty of the regression: small, since there are many more samples than coordinates. */
export const RIDGE = 0.01;

/** One object, as its tokens show it and as it is. */
interface Sample {
  readonly labels: Readonly<Record<LinearFeature, number>>;
  /** Per token of the object, the stream [D] before each layer and after the last. */
  readonly streams: ReadonlyMap<LinearToken, Vectors>;
}

/**
 * The objects of some scenes.
 *
 * @param indices the scenes' indices
 * @param questionsPerScene objects taken from each scene, at most all; one makes the samples independent
 */
export async function collectSamples(
  { probe, ...sight }: ProbeSubject,
  spec: QuerySpec,
  seed: number,
  indices: readonly number[],
  questionsPerScene: number,
): Promise<Sample[]> {
  const scenes = indices.map((index) => generateScene(spec, seed, index));
  const taken = scenes.map(({ asked }) => asked.slice(0, questionsPerScene));
  const { batch, prompts } = await buildPromptBatch(
    sight,
    spec,
    scenes.map((scene, row) => ({ scene, questions: taken[row].map(indirectQuestion) })),
  );
  const run = await probe.run(batch);
  const streamAt = (row: number, token: number) =>
    Array.from({ length: probe.shape.layers + 1 }, (_, layer) =>
      run.residual(layer, { row, token }),
    );
  return scenes.flatMap((scene, row) =>
    taken[row].map((object, question): Sample => {
      const prompt = prompts[row];
      const places = objectTokens(spec.modality).map(
        (token) => [token, tokenIndexOf(prompt, scene, spec.grid, token, object)] as const,
      );
      const all = [...places, ['query', prompt.answers[question].tokenIndex] as const];
      return {
        labels: labelsOf(scene, object, spec),
        streams: new Map(all.map(([token, place]) => [token, streamAt(row, place)])),
      };
    }),
  );
}

function labelsOf(scene: Scene, object: number, { modality, grid }: QuerySpec): Sample['labels'] {
  const { colour, shape, item, row, column } = scene.objects[object];
  // A picture has no order: there an object's position is its cell.
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
 * @param seed of the shuffled labels that are the control
 */
export function fitProbes(
  spec: QuerySpec,
  seed: number,
  train: readonly Sample[],
  test: readonly Sample[],
): Linear['probes'] {
  const classes = classCounts(spec);
  const shuffled = new RandomStream([0x5471, seed, train.length, 0]).sample(
    train.length,
    train.length,
  );
  const fitAt = (token: LinearToken, layer: number) => {
    const vectors = (samples: readonly Sample[]) =>
      samples.map(({ streams }) => streams.get(token)?.[layer] ?? new Float32Array());
    const ridge = new Ridge(vectors(train), RIDGE);
    const held = vectors(test);
    return (feature: LinearFeature) => {
      const labels = train.map((sample) => sample.labels[feature]);
      const score = (fitted: readonly number[]) => {
        const classify = ridge.fit(fitted, classes[feature]);
        const right = held.filter((vector, i) => classify(vector) === test[i].labels[feature]);
        return proportion(right.length, held.length);
      };
      return { layer, accuracy: score(labels), control: score(shuffled.map((i) => labels[i])) };
    };
  };
  return [...train[0].streams].flatMap(([token, stream]) => {
    const layers = stream.map((_, layer) => fitAt(token, layer));
    return LINEAR_FEATURES.map((feature) => ({
      token,
      feature,
      chance: 1 / classes[feature],
      layers: layers.map((scoreOf) => scoreOf(feature)),
    }));
  });
}
