import type { ModelRunner } from '../inference/evaluate.ts';
import { assembleBatch, type Batch, type BatchRow } from '../task/batch.ts';
import { packPrompt, type Ask, type PackedPrompt } from '../task/prompt.ts';
import type { Scene } from '../task/scene.ts';
import type { QuerySpec } from '../task/spec.ts';
import type { ProbeRun, ProbeRunner } from './runner.ts';

/** How a model comes to see: the part of a runner that reads pictures. */
export type Sight = Pick<ModelRunner, 'encode' | 'featureWidth'>;

/** A model under the probe. */
export interface Subject<R extends ProbeRun = ProbeRun> extends Sight {
  readonly probe: ProbeRunner<R>;
}

/** A scene with the questions that are asked about it in one row. */
export interface AskedScene {
  readonly scene: Scene;
  readonly asks: readonly Ask[];
}

export interface LaidScenes {
  readonly batch: Batch;
  /** One a row. */
  readonly prompts: readonly PackedPrompt[];
}

/** Writes scenes as the rows of a batch; pictures come with the features of their patches. */
export async function layScenes(
  { encode, featureWidth }: Sight,
  { modality, grid }: Pick<QuerySpec, 'modality' | 'grid'>,
  scenes: readonly AskedScene[],
): Promise<LaidScenes> {
  const rows = await Promise.all(
    scenes.map(async ({ scene, asks }): Promise<BatchRow> => {
      const prompt = packPrompt(scene, modality, grid, asks);
      if (modality === 'text') return { prompt };
      return { prompt, features: await encode(scene.objects, grid) };
    }),
  );
  return { batch: assembleBatch(rows, featureWidth), prompts: rows.map(({ prompt }) => prompt) };
}

/** The question of the task itself, about one object. */
export const askIndirectly = (object: number): Ask => ({ question: 'indirect', object });
