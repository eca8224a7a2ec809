import { totalBudget } from '../contract/card.ts';
import { recipeSchema, type Recipe } from '../contract/recipe.ts';
import { CheckpointError, type Checkpoint } from './checkpoint.ts';
import { isFinished, stageOf } from './curriculum.ts';

/**
 * A recipe that trains as many steps, on as many answers, as another run did.
 *
 * @param recipe has one stage, whose length is set
 * @param reference the finished run whose budget is matched
 * @param parent the run that the recipe starts from; its budget counts, too
 * @throws CheckpointError when `reference` is not the run that the recipe names, has another seed or is not
 *   finished; when nothing is left for the stage, or more answers than its scenes can have
 */
export function matchBudget(
  recipe: Recipe,
  seed: number,
  reference: Checkpoint,
  parent?: Checkpoint,
): Recipe {
  const { regime, preset, matchBudgetOf, stages, scenesPerBatch, questionsPerScene } = recipe;
  const { recipe: trained, progress } = reference;
  if (trained.regime !== matchBudgetOf || trained.preset !== preset || progress.seed !== seed) {
    throw new CheckpointError(
      `${regime} has the budget of ${matchBudgetOf} at ${preset} size with seed ${seed}, not that of ` +
        `${trained.regime} at ${trained.preset} size with seed ${progress.seed}`,
    );
  }
  if (!isFinished(trained, progress)) {
    throw new CheckpointError(
      `${regime} has the budget of ${trained.regime}, whose run is not finished; ` +
        `finish it with: ${reference.provenance.command}`,
    );
  }
  const total = budgetOf(reference);
  const before = parent ? budgetOf(parent) : { steps: 0, answers: 0 };
  const [steps, answers] = [total.steps - before.steps, total.answers - before.answers];
  const stage = stageOf(recipe, { stage: 0 });
  const ways = Math.min(...stage.mix.map(({ questions }) => Object.keys(questions).length));
  const perScene = Math.min(questionsPerScene, stage.objects.start * ways);
  const [fewest, most] = [steps * scenesPerBatch, steps * scenesPerBatch * perScene];
  if (stages.length > 1 || steps < 1 || answers < fewest || answers > most) {
    throw new CheckpointError(
      `${regime} cannot have the budget of ${trained.regime}: its one stage would have ` +
        `${steps} steps, and ${answers} answers where ${fewest} to ${most} are possible`,
    );
  }
  return recipeSchema.parse({ ...recipe, stages: [{ ...stage, steps, answers }] });
}

const budgetOf = ({ lineage, progress, seconds }: Checkpoint) =>
  totalBudget({ lineage, steps: progress.step, answers: progress.answers, seconds });
