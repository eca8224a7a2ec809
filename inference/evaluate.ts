import { assembleBatch, type Batch, type BatchRow } from '../task/batch.ts';
import { packPrompt, type PackedPrompt } from '../task/prompt.ts';
import { generateScene, type Scene, type SceneObject } from '../task/scene.ts';
import type { Modality, QuerySpec } from '../task/spec.ts';

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

/** Scenes of one run: in WASM more save little time, and cost memory that an isolate keeps. */
export const SCENES_PER_RUN = 4;

/** Which query of a spec: the k-th question about the scene with this index. */
export interface QueryPlace {
  readonly index: number;
  readonly question: number;
}

/**
 * The places of `count` queries of a spec, as many to a scene as are packed.
 *
 * @param start place of the first one in the endless list of the spec's queries
 */
export function queryPlaces(
  objects: number,
  count: number,
  questionsPerScene = QUESTIONS_PER_SCENE,
  start = 0,
): QueryPlace[] {
  const packed = Math.min(objects, questionsPerScene);
  return Array.from({ length: count }, (_, query) => ({
    index: Math.floor((start + query) / packed),
    question: (start + query) % packed,
  }));
}

/** A model's answer to one query. */
export interface Outcome extends QueryPlace {
  /** The most probable next token of all. */
  readonly predicted: number;
  readonly target: number;
  readonly correct: boolean;
}

/**
 * Answers queries of a spec, the questions of each scene packed.
 *
 * @param places ordered so that the questions of one scene stand together (`queryPlaces`)
 * @param scenesPerRun scenes that run side by side
 */
export async function answerQueries(
  model: ModelRunner,
  spec: QuerySpec,
  seed: number,
  places: readonly QueryPlace[],
  scenesPerRun = SCENES_PER_RUN,
): Promise<Outcome[]> {
  const scenes = byScene(places);
  const outcomes: Outcome[] = [];
  for (let start = 0; start < scenes.length; start += scenesPerRun) {
    const group = scenes.slice(start, start + scenesPerRun);
    const answers = await answerScenes(
      model,
      group.map((questions) => packedScene(spec, seed, questions)),
    );
    group.flat().forEach((place, answer) => {
      const { logits, target } = answers[answer];
      const predicted = argMax(logits);
      outcomes.push({ ...place, predicted, target, correct: predicted === target });
    });
  }
  return outcomes;
}

/** A scene with its questions packed, and what has to be drawn for them to be seen. */
export interface PackedScene {
  readonly scene: Scene;
  readonly prompt: PackedPrompt;
  readonly modality: Modality;
  readonly grid: number;
}

/** The scene of some places, which all have the same index. */
export function packedScene(
  spec: QuerySpec,
  seed: number,
  questions: readonly QueryPlace[],
): PackedScene {
  const { modality, grid } = spec;
  const scene = generateScene(spec, seed, questions[0].index);
  const asks = questions.map(({ question }) => ({
    question: spec.question,
    object: scene.asked[question],
  }));
  return { scene, modality, grid, prompt: packPrompt(scene, modality, grid, asks) };
}

/** How a model comes to see: the part of a runner that reads pictures. */
export type VisionInput = Pick<ModelRunner, 'encode' | 'featureWidth'>;

/** Scenes as the rows of a batch; pictures come with the features of their patches. */
export async function batchOf(
  { encode, featureWidth }: VisionInput,
  scenes: readonly PackedScene[],
): Promise<Batch> {
  const rows = await Promise.all(
    scenes.map(async ({ scene, prompt, modality, grid }): Promise<BatchRow> => {
      if (modality === 'text') return { prompt };
      return { prompt, features: await encode(scene.objects, grid) };
    }),
  );
  return assembleBatch(rows, featureWidth);
}

/** Logits [V] over all tokens for one question, and the right one. */
export interface AnswerLogits {
  readonly logits: Float32Array;
  readonly target: number;
}

/**
 * Runs a model once over some scenes.
 *
 * @returns one entry a question, scene by scene
 */
export async function answerScenes(
  model: ModelRunner,
  scenes: readonly PackedScene[],
): Promise<AnswerLogits[]> {
  const batch = await batchOf(model, scenes);
  const logits = await model.logits(batch);
  const width = logits.length / batch.targets.length;
  return Array.from(batch.targets, (target, answer) => ({
    logits: logits.subarray(answer * width, (answer + 1) * width),
    target,
  }));
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

/** Probabilities of all tokens. @param logits [V] of one answer */
export function softmax(logits: Float32Array): Float64Array {
  const most = logits[argMax(logits)];
  // Not Float32Array.map, which would round.
  const weights = Float64Array.from(logits, (logit) => Math.exp(logit - most));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
