import { PRESETS } from '../../trainer/presets.ts';
import { REGIMES } from '../../trainer/regimes/index.ts';

/**
 * The trainer's command line with a small model and stages of a few steps: a whole sweep takes a minute.
 * Start it as `trainer/cli.ts`, with the same arguments.
 */

const STEPS = 12;
const SIZE = { layers: 2, width: 16 };

Object.assign(PRESETS.pocket, {
  model: { ...PRESETS.pocket.model, ...SIZE },
  scenesPerBatch: 4,
  questionsPerScene: 2,
});
for (const { recipe } of Object.values(REGIMES)) {
  for (const stage of recipe.stages) {
    // A stage has all its steps: it does not end when the task is learnt.
    Object.assign(stage, { steps: STEPS, objects: { ...stage.objects, endAt: undefined } });
  }
}

await import('../../trainer/cli.ts');
