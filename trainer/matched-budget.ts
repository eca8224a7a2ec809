import { totalBudget } from '../contract/card.ts';
import { recipeSchema, type Recipe } from '../contract/recipe.ts';
import { CheckpointError, type Checkpoint } from './checkpoint.ts';
import { isFinished, stageOf } from './curriculum.ts';

/**
 * A recipe that has another run's budget, with its stage as long as that takes.
 *
 * @param model the finished run that it is to have as many steps and answers as
 * @param parent the run that it starts from: what that had is had already
 * @throws CheckpointError when the run is another than the recipe names, or one of another seed; when
 *   nothing is left for the stage, or more answers than its scenes allow
 */
export function matchBudget(
  recipe: Recipe,
  seed: number,
  model: Checkpoint,
  parent?: Checkpoint,
): Recipe {
  const { regime, preset, matchBudgetOf, stages, scenesPerBatch, questionsPerScene } = recipe;
  const its = { ...model.recipe, ...model.progress };
  if (its.regime !== matchBudgetOf || its.preset !== preset || its.seed !== seed) {
    throw new CheckpointError(
      `${regime} has the budget of ${matchBudgetOf} at ${preset} size with seed ${seed}, not that of ` +
        `${its.regime} at ${its.preset} size with seed ${its.seed}`,
    );
  }
  if (!isFinished(model.recipe, model.progress)) {
    throw new CheckpointError(
      `${regime} has the budget of ${model.recipe.regime}, whose run is not finished; ` +
        `go on with: ${model.provenance.command}`,
    );
  }
  const [all, had] = [budgetOf(model), parent ? budgetOf(parent) : { steps: 0, answers: 0 }];
  const [steps, answers] = [all.steps - had.steps, all.answers - had.answers];
  const stage = stageOf(recipe, { stage: 0 });
  const ways = Math.min(...stage.mix.map(({ questions }) => Object.keys(questions).length));
  const most = Math.min(questionsPerScene, stage.objects.start * ways);
  const [least, largest] = [steps * scenesPerBatch, steps * scenesPerBatch * most];
  if (stages.length > 1 || steps < 1 || answers < least || answers > largest) {
    throw new CheckpointError(
      `${regime} cannot have the budget of ${model.recipe.regime}: its one stage would have ` +
        `${steps} steps, and ${answers} answers where ${least} to ${largest} are possible`,
    );
  }
  return recipeSchema.parse({ ...recipe, stages: [{ ...stage, steps, answers }] });
}

const budgetOf = ({ lineage, progress, seconds }: Checkpoint) =>
  totalBudget({ lineage, steps: progress.step, answers: progress.answers, seconds });
