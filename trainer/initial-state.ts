import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Lineage } from '../contract/card.ts';
import type { EncoderIdentity, Recipe } from '../contract/recipe.ts';
import { fitAlignedProjection } from './align-projection.ts';
import { CheckpointError, loadCheckpoint, requireFinished, type Checkpoint } from './checkpoint.ts';
import { startProgress, vocabularyOf } from './curriculum.ts';
import { freshState } from './engines/engine.ts';
import { initialParameters } from './model/index.ts';
import { patchProjection, tokenEmbeddings, withVisualInput } from './model/surgery.ts';
import type { TrainOptions } from './train-options.ts';

/**
 * The state a run begins with: its own checkpoint where there is one, else its parent's model, else
 * random parameters.
 *
 * @throws CheckpointError when a checkpoint cannot be read or belongs to another recipe
 */
export async function initialState(
  options: TrainOptions,
  checkpointPath: string,
): Promise<Omit<Checkpoint, 'recipe'>> {
  const { recipe, seed, from, provenance } = options;
  if (existsSync(checkpointPath)) {
    const checkpoint = loadCheckpoint(checkpointPath);
    const { encoder } = checkpoint.recipe;
    if (encoder?.sha256 !== recipe.encoder?.sha256) {
      throw new CheckpointError(
        `${checkpointPath} was trained with ${describe(encoder)}, and this run has ` +
          `${describe(recipe.encoder)}; choose another --out or delete it`,
      );
    }
    if (!isSameRecipe(checkpoint.recipe, recipe) || checkpoint.progress.seed !== seed) {
      throw new CheckpointError(
        `${checkpointPath} belongs to another recipe or seed; choose another --out or delete it`,
      );
    }
    return checkpoint;
  }
  if (from === undefined) {
    const theta = initialParameters(recipe.model, seed);
    await alignProjection(theta, options);
    const progress = startProgress(recipe, seed);
    return { state: freshState(theta), progress, seconds: 0, provenance, lineage: [] };
  }
  const parent = loadCheckpoint(from);
  requireFinished(parent, dirname(from));
  const donor = donorOf(parent, options);
  return {
    state: freshState(await inheritedParameters(parent, donor, options)),
    progress: startProgress(recipe, seed, parent.progress.scenes),
    seconds: 0,
    provenance,
    lineage: [
      ...lineageOf(parent),
      ...(donor
        ? lineageOf(donor).map((run) => ({ ...run, contributed: 'embeddings' as const }))
        : []),
    ],
  };
}

/** A run and the runs that it started from. */
const lineageOf = (run: Checkpoint): Lineage => [...run.lineage, budgetOf(run)];

/** The run that the token embeddings are taken from, where that is not the parent. */
function donorOf(
  parent: Checkpoint,
  { recipe, embeddingsFrom }: TrainOptions,
): Checkpoint | undefined {
  if (recipe.tokenEmbeddingsFrom === 'parent') return undefined;
  if (embeddingsFrom === undefined) {
    throw new CheckpointError(
      `${recipe.regime} needs a run to take token embeddings from: name it with --embeddings-from`,
    );
  }
  const donor = loadCheckpoint(embeddingsFrom);
  const { seed } = donor.progress;
  if (seed === parent.progress.seed) {
    throw new CheckpointError(
      `${embeddingsFrom} has seed ${seed}, as the parent has; the donor of token embeddings needs another seed`,
    );
  }
  return donor;
}

/** Whether two recipes train the same model, whatever their descriptions say. */
const isSameRecipe = (a: Recipe, b: Recipe): boolean =>
  JSON.stringify({ ...a, description: '' }) === JSON.stringify({ ...b, description: '' });

const describe = (encoder: EncoderIdentity | undefined): string =>
  encoder ? `the encoder ${encoder.name} (${encoder.sha256.slice(0, 8)})` : 'no encoder';

/**
 * The parent's parameters, with a donor's token embeddings where there is one. The projection of patch
 * features is the parent's only where both runs have the same encoder.
 */
async function inheritedParameters(
  parent: Checkpoint,
  donor: Checkpoint | undefined,
  options: TrainOptions,
): Promise<Float32Array> {
  const { recipe, seed, from } = options;
  const { encoder, model } = parent.recipe;
  const keep = encoder?.sha256 === recipe.encoder?.sha256;
  let theta: Float32Array;
  try {
    theta = withVisualInput(parent.state.theta, model, recipe.model, seed, keep);
  } catch (cause) {
    throw new CheckpointError(`the model in ${from} has another shape than the recipe asks for`, {
      cause,
    });
  }
  if (donor) {
    const own = tokenEmbeddings(recipe.model, theta);
    const donated = tokenEmbeddings(donor.recipe.model, donor.state.theta);
    if (own.length !== donated.length) {
      throw new CheckpointError(
        `the token embeddings in ${options.embeddingsFrom} have another width than the recipe asks for`,
      );
    }
    own.set(donated);
  }
  if (!keep) await alignProjection(theta, options);
  return theta;
}

/** Aligns a fresh projection with the token embeddings, in place, where the recipe says so. */
async function alignProjection(theta: Float32Array, { recipe, seed, encoder }: TrainOptions) {
  if (recipe.projection !== 'aligned' || !encoder) return;
  const tokens = tokenEmbeddings(recipe.model, theta);
  const vocabulary = vocabularyOf(recipe, { stage: 0 });
  const projection = await fitAlignedProjection(encoder, tokens, vocabulary, recipe.grid, seed);
  patchProjection(recipe.model, theta).set(projection);
}

function budgetOf({ recipe, progress, provenance, seconds }: Checkpoint): Lineage[number] {
  const { commit, engine, engineChanges } = provenance;
  return {
    regime: recipe.regime,
    seed: progress.seed,
    commit,
    ...(engineChanges && { engines: [engine, ...engineChanges.map((change) => change.engine)] }),
    steps: progress.step,
    answers: progress.answers,
    seconds: Math.round(seconds),
  };
}
