import { assembleBatch, type Batch, type BatchRow } from '../task/batch.ts';
import { packPrompt } from '../task/prompt.ts';
import { generateScene, type SceneObject } from '../task/scene.ts';
import type { QuerySpec } from '../task/spec.ts';

/** Anything that runs a model: an ONNX session, a training engine, a stand-in. */
export interface ModelRunner {
  /** F, the width of patch features; 0 for a model that reads text only. */
  readonly featureWidth: number;
  /** @returns [N, V] next-token logits where the batch reads answers */
  logits(batch: Batch): Promise<Float32Array>;
  /** @returns [grid * grid, F] features of a picture's patches */
  encode(objects: readonly SceneObject[], grid: number): Promise<Float32Array>;
}

/** Most questions packed into one scene. */
export const QUESTIONS_PER_SCENE = 8;

/** Which query of a spec: the k-th question about the scene with this index. */
export interface QueryPlace {
  readonly index: number;
  readonly question: number;
}

/** The places of the first `count` queries of a spec, as many to a scene as are packed. */
export function queryPlaces(
  objects: number,
  count: number,
  perScene = QUESTIONS_PER_SCENE,
): QueryPlace[] {
  const packed = Math.min(objects, perScene);
  return Array.from({ length: count }, (_, query) => ({
    index: Math.floor(query / packed),
    question: query % packed,
  }));
}

/** A model's answer to one query. */
export interface Outcome extends QueryPlace {
  /** The most probable next token of all. */
  readonly predicted: number;
  readonly target: number;
  readonly right: boolean;
}

/**
 * Answers queries in batches of scenes, each scene with its questions packed.
 *
 * @param places ordered so that the questions of one scene stand together (`queryPlaces`)
 * @param scenesPerRun bounds the memory of one run of the model
 */
export async function answerQueries(
  model: ModelRunner,
  spec: QuerySpec,
  seed: number,
  places: readonly QueryPlace[],
  scenesPerRun = 16,
): Promise<Outcome[]> {
  const scenes = byScene(places);
  const outcomes: Outcome[] = [];
  for (let start = 0; start < scenes.length; start += scenesPerRun) {
    const group = scenes.slice(start, start + scenesPerRun);
    const rows = await Promise.all(
      group.map(async (questions): Promise<BatchRow> => {
        const scene = generateScene(spec, seed, questions[0].index);
        const asks = questions.map(({ question }) => ({
          question: spec.question,
          object: scene.asked[question],
        }));
        const prompt = packPrompt(scene, spec.modality, spec.grid, asks);
        if (spec.modality === 'text') return { prompt };
        return { prompt, features: await model.encode(scene.objects, spec.grid) };
      }),
    );
    const batch = assembleBatch(rows, model.featureWidth);
    const logits = await model.logits(batch);
    const width = logits.length / batch.targets.length;
    group.flat().forEach((place, answer) => {
      const predicted = argMax(logits.subarray(answer * width, (answer + 1) * width));
      const target = batch.targets[answer];
      outcomes.push({ ...place, predicted, target, right: predicted === target });
    });
  }
  return outcomes;
}

function byScene(places: readonly QueryPlace[]): QueryPlace[][] {
  const scenes: QueryPlace[][] = [];
  for (const place of places) {
    const last = scenes.at(-1);
    if (last?.[0].index === place.index) last.push(place);
    else scenes.push([place]);
  }
  return scenes;
}

export function argMax(values: Float32Array): number {
  let best = 0;
  for (let place = 1; place < values.length; place++)
    if (values[place] > values[best]) best = place;
  return best;
}
