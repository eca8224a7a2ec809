import { buildSceneBatch, type PackedScene } from '../inference/answer-queries.ts';
import type { VisionInput } from '../inference/model-runner.ts';
import type { Batch } from '../task/batch.ts';
import { packPrompt, type PackedPrompt, type Packing, type SceneQuestion } from '../task/prompt.ts';
import type { Scene } from '../task/scene.ts';
import type { QuerySpec } from '../task/spec.ts';
import type { ProbeRun, ProbeRunner } from './runner.ts';

/** A model that is probed. */
export interface ProbeSubject<R extends ProbeRun = ProbeRun> extends VisionInput {
  readonly probe: ProbeRunner<R>;
}

/** A scene and the questions about it that share a row. */
export interface AskedScene {
  readonly scene: Scene;
  readonly questions: readonly SceneQuestion[];
}

export interface PromptBatch {
  readonly batch: Batch;
  /** One per row. */
  readonly prompts: readonly PackedPrompt[];
}

/**
 * A batch with one scene per row, its questions packed.
 *
 * @param packing markers can be shared where nothing is changed at them
 */
export async function buildPromptBatch(
  vision: VisionInput,
  { modality, grid }: Pick<QuerySpec, 'modality' | 'grid'>,
  scenes: readonly AskedScene[],
  packing: Packing = {},
): Promise<PromptBatch> {
  const packed = scenes.map(({ scene, questions }): PackedScene => {
    return { scene, modality, grid, prompt: packPrompt(scene, modality, grid, questions, packing) };
  });
  return {
    batch: await buildSceneBatch(vision, packed),
    prompts: packed.map(({ prompt }) => prompt),
  };
}

/** The two-hop question of the task, about one object. */
export const indirectQuestion = (object: number): SceneQuestion => ({
  question: 'indirect',
  object,
});
