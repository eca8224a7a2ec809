import { join } from 'node:path';
import { modelIdSchema } from '../contract/card.ts';
import { openRecordedEncoder } from '../measurement/encoders/index.ts';
import { subjectOf, type ProbedModel } from '../measurement/probe-subject.ts';
import { sha256 } from '../node/files.ts';
import { CHECKPOINT_FILE, loadCheckpoint, stageFile } from './checkpoint.ts';
import { modalitiesOf } from './curriculum.ts';
import { inferenceModel } from './model-file.ts';

/**
 * Opens a run's checkpoint for probing, as the model that it would be exported as.
 *
 * @param stage probe the end of this stage; default: the latest checkpoint
 * @param encoder how to open an encoder from a file, see `openRecordedEncoder`
 * @throws CheckpointError when there is no such checkpoint
 */
export async function openCheckpointSubject(
  run: string,
  { stage, encoder: name }: { stage?: string | undefined; encoder?: string | undefined },
): Promise<ProbedModel> {
  const { recipe, state } = loadCheckpoint(join(run, stage ? stageFile(stage) : CHECKPOINT_FILE));
  const config = recipe.encoder ? recipe.model : { ...recipe.model, patchFeatures: 0 };
  const model = inferenceModel(recipe.model, config, state.theta);
  const encoder = recipe.encoder && (await openRecordedEncoder(recipe.encoder, name));
  return {
    card: {
      id: modelIdSchema.parse(stage ? `${recipe.regime}-${stage}` : recipe.regime),
      modalities: modalitiesOf(recipe),
      vocabulary: recipe.vocabulary,
      grid: recipe.grid,
    },
    digest: sha256(model),
    subject: await subjectOf({
      model,
      featureWidth: config.patchFeatures,
      ...(encoder && { encoder }),
    }),
  };
}
