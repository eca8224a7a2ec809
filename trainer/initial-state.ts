import { existsSync } from 'node:fs';
import type { Lineage } from '../contract/card.ts';
import type { EncoderIdentity } from '../contract/recipe.ts';
import { fitAlignedProjection } from './align-projection.ts';
import { CheckpointError, loadCheckpoint, type Checkpoint } from './checkpoint.ts';
import { startProgress } from './curriculum.ts';
import { freshState } from './engines/engine.ts';
import { initialParameters, patchProjection, tokenEmbeddings, withVisualInput } from './model.ts';
import type { TrainOptions } from './train.ts';

/**
 * Where a run begins: at its own checkpoint where there is one, else from its parent's model, else from
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
    const { encoder: its } = checkpoint.recipe;
    if (its?.sha256 !== recipe.encoder?.sha256) {
      throw new CheckpointError(
        `${checkpointPath} sees with ${eyes(its)}, not with ${eyes(recipe.encoder)}; ` +
          'choose another --out or delete it',
      );
    }
    if (
      JSON.stringify(checkpoint.recipe) !== JSON.stringify(recipe) ||
      checkpoint.progress.seed !== seed
    ) {
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
  const donor = donorOf(parent, options);
  return {
    state: freshState(await inherited(parent, donor, options)),
    progress: startProgress(recipe, seed, parent.progress.scenes),
    seconds: 0,
    provenance,
    lineage: [
      ...pastOf(parent),
      ...(donor
        ? pastOf(donor).map((run) => ({ ...run, contributed: 'embeddings' as const }))
        : []),
    ],
  };
}

const pastOf = (run: Checkpoint): Lineage => [...run.lineage, budgetOf(run)];

/** The run that the recipe takes its token embeddings from, if not from the parent. */
function donorOf(
  parent: Checkpoint,
  { recipe, embeddingsFrom }: TrainOptions,
): Checkpoint | undefined {
  if (recipe.tokenEmbeddingsFrom === 'parent') return undefined;
  if (embeddingsFrom === undefined) {
    throw new CheckpointError(`${recipe.regime} needs a run to take token embeddings from`);
  }
  const donor = loadCheckpoint(embeddingsFrom);
  const { seed } = donor.progress;
  if (seed === parent.progress.seed) {
    throw new CheckpointError(
      `${embeddingsFrom} is of seed ${seed}, as the parent is: token embeddings have to be another's`,
    );
  }
  return donor;
}

const eyes = (encoder: EncoderIdentity | undefined): string =>
  encoder ? `the encoder ${encoder.name} (${encoder.sha256.slice(0, 8)})` : 'no encoder';

/**
 * The parent's parameters, with a donor's token embeddings where there is one; the projection of patch
 * features is the parent's only if the encoder is, too.
 */
async function inherited(
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
    throw new CheckpointError(`the model in ${from} has another shape than the recipe's`, {
      cause,
    });
  }
  if (donor) {
    const own = tokenEmbeddings(recipe.model, theta);
    const others = tokenEmbeddings(donor.recipe.model, donor.state.theta);
    if (own.length !== others.length) {
      throw new CheckpointError(
        `the token embeddings in ${options.embeddingsFrom} have another width than the recipe's`,
      );
    }
    own.set(others);
  }
  if (!keep) await alignProjection(theta, options);
  return theta;
}

/** Aligns a fresh projection with the model's embeddings, in place, where the recipe wants it. */
async function alignProjection(theta: Float32Array, { recipe, seed, encoder }: TrainOptions) {
  if (recipe.projection !== 'aligned' || !encoder) return;
  const tokens = tokenEmbeddings(recipe.model, theta);
  const vocabulary = recipe.stages[0].vocabulary ?? recipe.vocabulary;
  const projection = await fitAlignedProjection(encoder, tokens, vocabulary, recipe.grid, seed);
  patchProjection(recipe.model, theta).set(projection);
}

function budgetOf({ recipe, progress, provenance, seconds }: Checkpoint): Lineage[number] {
  return {
    regime: recipe.regime,
    seed: progress.seed,
    commit: provenance.commit,
    steps: progress.step,
    answers: progress.answers,
    seconds: Math.round(seconds),
  };
}
