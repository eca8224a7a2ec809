import { buildSceneBatch, type PackedScene } from '../inference/answer-queries.ts';
import type { VisionInput } from '../inference/model-runner.ts';
import type { Batch } from '../task/batch.ts';
import { packPrompt, type SceneQuestion, type PackedPrompt } from '../task/prompt.ts';
import type { Scene } from '../task/scene.ts';
import type { QuerySpec } from '../task/spec.ts';
import type { ProbeRun, ProbeRunner } from './runner.ts';

/** A model under the probe. */
export interface ProbeSubject<R extends ProbeRun = ProbeRun> extends VisionInput {
  readonly probe: ProbeRunner<R>;
}

/** A scene with the questions that are asked about it in one row. */
export interface AskedScene {
  readonly scene: Scene;
  readonly questions: readonly SceneQuestion[];
}

export interface PromptBatch {
  readonly batch: Batch;
  /** One a row. */
  readonly prompts: readonly PackedPrompt[];
}

/** Writes scenes as the rows of a batch, each with its questions packed. */
export async function buildPromptBatch(
  sight: VisionInput,
  { modality, grid }: Pick<QuerySpec, 'modality' | 'grid'>,
  scenes: readonly AskedScene[],
): Promise<PromptBatch> {
  const packed = scenes.map(({ scene, questions }): PackedScene => {
    return { scene, modality, grid, prompt: packPrompt(scene, modality, grid, questions) };
  });
  return {
    batch: await buildSceneBatch(sight, packed),
    prompts: packed.map(({ prompt }) => prompt),
  };
}

/** The question of the task itself, about one object. */
export const indirectQuestion = (object: number): SceneQuestion => ({
  question: 'indirect',
  object,
});
