import { join } from 'node:path';
import type { ModelConfig, Recipe } from '../contract/recipe.ts';
import type { PatchEncoder } from '../inference/patch-encoder.ts';
import type { Batch } from '../task/batch.ts';
import type { Modality } from '../task/spec.ts';
import { ROOT } from '../build/paths.ts';
import { nextBatch, startProgress } from '../trainer/curriculum.ts';
import { openFrozenEncoder } from '../measurement/encoders/index.ts';
import { freshState, type Engine } from '../trainer/engines/engine.ts';
import { ENGINES, type EngineName } from '../trainer/engines/index.ts';
import { initialParameters } from '../trainer/model/index.ts';
import { buildRecipe as recipeOf } from '../trainer/regimes/index.ts';
import { PYTORCH_FORMS, startPyTorch, type PyTorch } from './pytorch.ts';
import { byRound, figureOf, type Figure } from './result.ts';
import { measureInTurns, ownCpuTime } from './timing.ts';

const OBJECTS = 8;

export const TRAINING_RUNS =
  'One training step of the pocket model on one thread, batches of the regime image-text with scenes of ' +
  `${OBJECTS} objects: by ort on text and on pictures, by PyTorch (where python3 has torch; eager, and compiled with ` +
  'torch.compile) in turns with it on batches of the same sizes, and by tfjs-cpu on one scene. Times are CPU time of ' +
  'the process that trains.';

/** One training step, and what PyTorch takes for it. */
export async function benchTraining(turns: number, seed: number): Promise<Figure[]> {
  const encoder = await openFrozenEncoder('random', join(ROOT, 'models'));
  const recipe = recipeOf('image-text', 'pocket', encoder.identity);
  const text = await batchOf(recipe, seed, 'text');
  const image = await batchOf(recipe, seed, 'image', encoder);
  const ort = await engineOf('ort', recipe.model);
  const started = await Promise.all(
    PYTORCH_FORMS.map((form) => startPyTorch(form, recipe.model, [text, image])),
  );
  const pytorch = started.filter((one) => one !== undefined);
  for (const [place, form] of PYTORCH_FORMS.entries()) {
    if (!started[place]) console.error(`PyTorch, ${form}: python3 has no torch, or cannot compile`);
  }
  try {
    return [
      ...(await stepFigures('text', text, 0, turns, recipe.model, ort, pytorch)),
      ...(await stepFigures('pictures', image, 1, turns, recipe.model, ort, pytorch)),
      figureOf('making a batch of text', await making(recipe, seed, turns), {
        unit: 'ms',
        better: 'lower',
      }),
      await plainFigure(recipe, seed, turns),
    ];
  } finally {
    await ort.dispose();
    for (const one of pytorch) one.stop();
  }
}

/** @returns milliseconds of each turn, with a seed of its own */
async function making(recipe: Recipe, seed: number, turns: number): Promise<number[]> {
  const { batch } = await measureInTurns(
    { batch: (turn) => ownCpuTime(() => batchOf(recipe, seed + turn, 'text')) },
    turns,
  );
  return batch;
}

async function stepFigures(
  what: string,
  batch: Batch,
  place: number,
  turns: number,
  config: ModelConfig,
  ort: Engine,
  pytorch: readonly PyTorch[],
): Promise<Figure[]> {
  const times = await measureInTurns<string>(
    {
      ort: (turn) => ownCpuTime(() => ort.step(batch, 1e-4, turn + 1)),
      ...Object.fromEntries(pytorch.map((one) => [one.form, () => one.step(place)])),
    },
    turns,
  );
  const own = times['ort'] ?? [];
  const flops = stepFlops(config, batch.rows, batch.length);
  const time = { unit: 'ms', better: 'lower' } as const;
  return [
    figureOf(`step on ${what}, ort`, own, time),
    figureOf(
      `step on ${what}, ort, rate`,
      own.map((milliseconds) => flops / milliseconds / 1e6),
      { unit: 'GFLOP/s', better: 'higher' },
    ),
    ...pytorch.flatMap(({ form, version }) => {
      const others = times[form] ?? [];
      const name = `PyTorch ${version} ${form}`;
      return [
        figureOf(`step on ${what}, ${name}`, others, time),
        figureOf(
          `step on ${what}, ${name} / ort`,
          byRound([others, own], (other = NaN, ours = NaN) => other / ours),
          { unit: 'x', better: 'higher', target: 1 },
        ),
      ];
    }),
  ];
}

/** Plain JavaScript needs minutes for a full batch: it gets one scene, and a rate. */
async function plainFigure(recipe: Recipe, seed: number, turns: number): Promise<Figure> {
  const batch = await batchOf({ ...recipe, scenesPerBatch: 1 }, seed, 'text');
  const plain = await engineOf('tfjs-cpu', recipe.model);
  const { step } = await measureInTurns(
    { step: (turn) => ownCpuTime(() => plain.step(batch, 1e-4, turn + 1)) },
    Math.ceil(turns / 3),
  );
  await plain.dispose();
  const flops = stepFlops(recipe.model, batch.rows, batch.length);
  return figureOf(
    'step on text, tfjs-cpu, rate',
    step.map((milliseconds) => flops / milliseconds / 1e6),
    { unit: 'GFLOP/s', better: 'higher' },
  );
}

function engineOf(name: EngineName, config: ModelConfig): Promise<Engine> {
  return ENGINES[name](config, freshState(initialParameters(config, 0)), { threads: 1 });
}

/** A training batch of scenes with 8 objects each, all of one modality. */
async function batchOf(
  recipe: Recipe,
  seed: number,
  modality: Modality,
  encoder?: PatchEncoder,
): Promise<Batch> {
  const stage = recipe.stages.find(({ mix }) => mix.some((stream) => stream.modality === modality));
  const stream = stage?.mix.find((candidate) => candidate.modality === modality);
  if (!stage || !stream) throw new Error(`${recipe.regime} has no ${modality}`);
  const objects = { ...stage.objects, from: OBJECTS, start: OBJECTS };
  const only: Recipe = { ...recipe, stages: [{ ...stage, objects, mix: [stream] }] };
  return (await nextBatch(only, startProgress(only, seed), encoder)).batch;
}

/**
 * Floating-point operations of one training step: 2 per multiply-add, forward once and backward
 * twice, matrix products of the blocks only.
 */
function stepFlops({ layers, width }: ModelConfig, rows: number, length: number): number {
  const tokens = rows * length;
  const linear = 2 * tokens * 12 * width ** 2;
  const attention = 2 * 2 * tokens * length * width;
  return 3 * layers * (linear + attention);
}
