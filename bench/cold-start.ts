import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelCardSchema } from '../contract/card.ts';
import { ROOT, SHIPPED_DIRECTORY } from '../build/paths.ts';
import { startWorker } from '../harness/worker.ts';
import { sha256 } from '../node/files.ts';
import { cpuSeconds, workerdProcess } from './process.ts';
import { figureOf, type Figure } from './result.ts';
import { askUncached, cpuTimeOf, timed } from './timing.ts';

const MODEL = 'text-only';
const TWIN = 'twin';
/** Answers that are averaged: one takes less than Linux counts. */
const ANSWERS = 5;
/** The two models of the front page. */
const PAIR = 'text-only,image-text';

export const COLD_START_RUNS =
  'A new workerd each time. First /problems, which needs no model, then /v1/models, then comparisons of one query: of ' +
  `${MODEL} (which starts ONNX Runtime and opens the model), of a copy of it with another digest (which only opens ` +
  'the model), and of the copy again (which only answers). Differences give the parts; these isolates have no snapshot. ' +
  "In another new workerd, with all that is deployed, the first request compares the front page's two models with 8 " +
  'objects and 48 queries, from a snapshot (docs/decisions/0014-start-from-a-snapshot.md). Times are CPU time of all ' +
  'threads of workerd; "wall" is what a client waits. A busy machine disturbs wall time most.';

const PARTS = {
  process: 'workerd up, and /problems',
  cards: 'model cards read',
  runtime: 'ONNX Runtime started',
  model: 'model read, verified and opened',
  answer: 'one answer',
} as const;

type Start = Readonly<Record<keyof typeof PARTS | 'total' | 'wall' | 'pair' | 'pairWall', number>>;

/** From nothing to the first answer of a model, in parts. */
export async function benchColdStart(turns: number, seed: number): Promise<Figure[]> {
  const models = mkdtempSync(join(tmpdir(), 'bindscope-bench-'));
  try {
    writeModelAndTwin(models);
    const starts: Start[] = [];
    for (let turn = 0; turn < turns; turn++) {
      starts.push({ ...(await startCold(models, seed + turn)), ...(await firstPair(seed + turn)) });
    }
    return coldStartFigures(starts);
  } finally {
    rmSync(models, { recursive: true });
  }
}

/**
 * One start, from outside: requests that need more and more, and their differences. The first
 * comparison starts ONNX Runtime (and compiles what every first run compiles), opens the model and
 * answers; the first one of the twin opens and answers; the second one only answers.
 */
async function startCold(models: string, seed: number) {
  const began = performance.now();
  const worker = await startWorker(models);
  const pid = workerdProcess();
  let spent = 0;
  const request = async (path: string) => {
    const cpu = await cpuTimeOf(pid, () => askUncached(worker, path));
    spent += cpu;
    return cpu;
  };
  try {
    await askUncached(worker, '/problems');
    const process = 1000 * cpuSeconds(pid);
    const cards = await request('/v1/models');
    const first = await request(comparePath(MODEL, seed));
    const wall = performance.now() - began;
    const total = process + spent;
    const opening = await request(comparePath(TWIN, seed));
    const answers: number[] = [];
    for (let again = 1; again <= ANSWERS; again++) {
      answers.push(await request(comparePath(TWIN, seed + again)));
    }
    const answer = answers.reduce((sum, time) => sum + time, 0) / ANSWERS;
    return {
      process,
      cards,
      runtime: first - opening,
      model: opening - answer,
      answer,
      total,
      wall,
    };
  } finally {
    await worker.stop();
  }
}

/** The front page's first comparison, in an isolate that has answered nothing that needs a model, and has its snapshot. */
async function firstPair(seed: number) {
  const worker = await startWorker(SHIPPED_DIRECTORY);
  const pid = workerdProcess();
  try {
    await askUncached(worker, '/problems');
    let pairWall = 0;
    const path = `/v1/compare?models=${PAIR}&objects=8&queries=48&seed=${seed}`;
    const pair = await cpuTimeOf(pid, async () => {
      pairWall = await timed(() => askUncached(worker, path));
    });
    return { pair, pairWall };
  } finally {
    await worker.stop();
  }
}

const comparePath = (model: string, seed: number) =>
  `/v1/compare?models=${model}&objects=8&queries=1&seed=${seed}`;

function coldStartFigures(starts: readonly Start[]): Figure[] {
  const time = { unit: 'ms', better: 'lower' } as const;
  const of = (part: keyof Start) => starts.map((start) => start[part]);
  return [
    figureOf("first comparison of the front page's two models", of('pair'), time),
    figureOf("first comparison of the front page's two models, wall", of('pairWall'), time),
    figureOf('process to first answer of one model', of('total'), time),
    figureOf('process to first answer of one model, wall', of('wall'), time),
    ...(Object.keys(PARTS) as (keyof typeof PARTS)[]).map((part) =>
      figureOf(PARTS[part], of(part), time),
    ),
  ];
}

/** ONNX's field `doc_string`, saying "2": the graph stays what it is, the digest does not. */
const DOC_STRING = Uint8Array.of(0x32, 1, 0x32);

/**
 * A folder with the model and a twin of it: as long to open, but opened for itself, as the worker
 * knows sessions by the digest of their model.
 */
function writeModelAndTwin(directory: string): void {
  const source = join(ROOT, 'models', MODEL);
  cpSync(source, join(directory, MODEL), { recursive: true });
  const card = modelCardSchema.parse(JSON.parse(readFileSync(join(source, 'card.json'), 'utf8')));
  const model = Buffer.concat([readFileSync(join(source, card.files.model.name)), DOC_STRING]);
  const file = { ...card.files.model, bytes: model.length, sha256: sha256(model) };
  const twin = { ...card, id: TWIN, files: { ...card.files, model: file } };
  mkdirSync(join(directory, TWIN));
  writeFileSync(join(directory, TWIN, file.name), model);
  writeFileSync(join(directory, TWIN, 'card.json'), JSON.stringify(twin));
  const index = { schema: 1, models: [MODEL, TWIN] };
  writeFileSync(join(directory, 'index.json'), JSON.stringify(index));
}
