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
import { startPyTorch, type PyTorch } from './pytorch.ts';
import type { Row } from './report.ts';

const OBJECTS = 8;
const TURNS = 10;

/**
 * One training step of the pocket model on one thread: ort on text and on pictures, PyTorch in turns
 * with it where there is one, and plain JavaScript. Times are CPU time, the least of all turns: what
 * else the machine does disturbs these least.
 */
export async function benchTraining(): Promise<Row[]> {
  const encoder = await openFrozenEncoder('random', join(ROOT, 'models'));
  const recipe = recipeOf('image-text', 'pocket', encoder.identity);
  const text = await batchOf(recipe, 'text');
  const image = await batchOf(recipe, 'image', encoder);
  const generation = await leastOf(4, () => cpuTime(() => batchOf(recipe, 'text')));
  const ort = await engineOf('ort', recipe.model);
  const pytorch = await startPyTorch(recipe.model, [text, image]);
  const rows = [
    ...(await stepRows('text', text, 0, recipe.model, ort, pytorch)),
    ...(await stepRows('pictures', image, 1, recipe.model, ort, pytorch)),
  ];
  await ort.dispose();
  pytorch?.stop();
  if (!pytorch) rows.push({ what: 'PyTorch', value: 'not measured: python3 has no torch' });
  rows.push({ what: 'making a batch of text', value: `${generation.toFixed(1)} ms` });
  return [...rows, await plainRow(recipe)];
}

async function stepRows(
  what: string,
  batch: Batch,
  place: number,
  config: ModelConfig,
  ort: Engine,
  pytorch: PyTorch | undefined,
): Promise<Row[]> {
  const times = { ort: [] as number[], pytorch: [] as number[] };
  for (let turn = 1; turn <= TURNS; turn++) {
    times.ort.push(await cpuTime(() => ort.step(batch, 1e-4, turn)));
    if (pytorch) times.pytorch.push(await pytorch.step(place));
  }
  const least = Math.min(...times.ort);
  const rate = stepFlops(config, batch.rows, batch.length) / least / 1e6;
  const size = `${batch.rows} x ${batch.length} tokens`;
  const rows: Row[] = [
    {
      what: `step on ${what}, ort`,
      value: `${least.toFixed(0)} ms, ${rate.toFixed(0)} GFLOP/s (${size})`,
    },
  ];
  if (pytorch) {
    const other = Math.min(...times.pytorch);
    rows.push(
      { what: `step on ${what}, PyTorch ${pytorch.version}`, value: `${other.toFixed(0)} ms` },
      {
        what: `  speed of ort / PyTorch`,
        value: `${(other / least).toFixed(2)} x`,
        target: '>= 1 x',
      },
    );
  }
  return rows;
}

/** Plain JavaScript needs minutes for a full batch: it gets one scene, and a rate. */
async function plainRow(recipe: Recipe): Promise<Row> {
  const batch = await batchOf({ ...recipe, scenesPerBatch: 1 }, 'text');
  const plain = await engineOf('tfjs-cpu', recipe.model);
  const least = await leastOf(2, (turn) => cpuTime(() => plain.step(batch, 1e-4, turn + 1)));
  await plain.dispose();
  const rate = stepFlops(recipe.model, batch.rows, batch.length) / least / 1e6;
  return { what: 'step on text, tfjs-cpu', value: `${rate.toFixed(2)} GFLOP/s (1 scene)` };
}

function engineOf(name: EngineName, config: ModelConfig): Promise<Engine> {
  return ENGINES[name](config, freshState(initialParameters(config, 0)), { threads: 1 });
}

/** A training batch of scenes with 8 objects each, all of one modality. */
async function batchOf(recipe: Recipe, modality: Modality, encoder?: PatchEncoder): Promise<Batch> {
  const stage = recipe.stages.find(({ mix }) => mix.some((stream) => stream.modality === modality));
  const stream = stage?.mix.find((candidate) => candidate.modality === modality);
  if (!stage || !stream) throw new Error(`${recipe.regime} has no ${modality}`);
  const objects = { ...stage.objects, from: OBJECTS, start: OBJECTS };
  const only: Recipe = { ...recipe, stages: [{ ...stage, objects, mix: [stream] }] };
  return (await nextBatch(only, startProgress(only, 0), encoder)).batch;
}

/** @returns milliseconds of this process's CPU time */
async function cpuTime(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function leastOf(turns: number, measure: (turn: number) => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < turns; turn++) times.push(await measure(turn));
  return Math.min(...times);
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
