import { assembleBatch, type Batch, type BatchRow } from '../task/batch.ts';
import { elementAt } from '../task/element-at.ts';
import { packPrompt, type PackedPrompt } from '../task/prompt.ts';
import type { QueryIndices } from '../task/query-indices.ts';
import { generateScene, type Scene } from '../task/scene.ts';
import type { Modality, QuerySpec } from '../task/spec.ts';
import { argMax } from './logits.ts';
import type { ModelRunner, VisionInput } from './model-runner.ts';

/** Scenes per run: in WASM, more save little time and cost memory that an isolate keeps. */
export const SCENES_PER_RUN = 4;

/** A model's answer to one query. */
export interface QueryOutcome extends QueryIndices {
  /** The most probable of all tokens. */
  readonly predicted: number;
  readonly target: number;
  readonly correct: boolean;
}

/**
 * Answers queries of a spec, with the questions about each scene packed.
 *
 * @param queries sorted so that the questions about one scene are adjacent (`listQueryIndices`)
 * @param scenesPerRun scenes that run in one batch
 */
export async function answerQueries(
  model: ModelRunner,
  spec: QuerySpec,
  seed: number,
  queries: readonly QueryIndices[],
  scenesPerRun = SCENES_PER_RUN,
): Promise<QueryOutcome[]> {
  const scenes = groupByScene(queries);
  const outcomes: QueryOutcome[] = [];
  for (let start = 0; start < scenes.length; start += scenesPerRun) {
    const group = scenes.slice(start, start + scenesPerRun);
    const answers = await answerScenes(
      model,
      group.map((questions) => packScene(spec, seed, questions)),
    );
    for (const [index, query] of group.flat().entries()) {
      const { logits, target } = elementAt(answers, index);
      const predicted = argMax(logits);
      outcomes.push({ ...query, predicted, target, correct: predicted === target });
    }
  }
  return outcomes;
}

/** A scene and the prompt with its questions packed. */
export interface PackedScene {
  readonly scene: Scene;
  readonly prompt: PackedPrompt;
  readonly modality: Modality;
  readonly grid: number;
}

/**
 * Generates a scene and packs some of its questions.
 *
 * @param queries questions about one scene: all have the same index
 */
export function packScene(
  spec: QuerySpec,
  seed: number,
  queries: readonly QueryIndices[],
): PackedScene {
  const { modality, grid } = spec;
  const scene = generateScene(spec, seed, elementAt(queries, 0).index);
  const questions = queries.map(({ question }) => ({
    question: spec.question,
    object: elementAt(scene.asked, question),
  }));
  const prompt = packPrompt(scene, modality, grid, questions, { sharedMarker: true });
  return { scene, modality, grid, prompt };
}

/** Scenes as the rows of a batch, with the patch features of pictures. */
export async function buildSceneBatch(
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

/** Logits [V] over all tokens for one question, and the correct token. */
export interface AnswerLogits {
  readonly logits: Float32Array;
  readonly target: number;
}

/**
 * Runs a model once over some scenes.
 *
 * @returns one entry per question, scene by scene
 */
export async function answerScenes(
  model: ModelRunner,
  scenes: readonly PackedScene[],
): Promise<AnswerLogits[]> {
  const batch = await buildSceneBatch(model, scenes);
  const logits = await model.logits(batch);
  const width = logits.length / batch.targets.length;
  return Array.from(batch.targets, (target, answer) => ({
    logits: logits.subarray(answer * width, (answer + 1) * width),
    target,
  }));
}

function groupByScene(queries: readonly QueryIndices[]): QueryIndices[][] {
  const scenes: QueryIndices[][] = [];
  for (const query of queries) {
    const last = scenes.at(-1);
    if (last?.[0]?.index === query.index) last.push(query);
    else scenes.push([query]);
  }
  return scenes;
}
