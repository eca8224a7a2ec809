import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelCardSchema } from '../contract/card.ts';
import { ROOT } from '../build/paths.ts';
import { startWorker } from '../harness/worker.ts';
import { sha256 } from '../node/files.ts';
import { median, type Row } from './report.ts';
import { ask, timed } from './timing.ts';
import { elementAt } from '../task/element-at.ts';

const MODEL = 'text-only';
const TWIN = 'twin';
const STARTS = 5;

type Part = 'process' | 'cards' | 'runtime' | 'model' | 'answer';

const PARTS: Readonly<Record<Part, string>> = {
  process: 'workerd up, first page that needs no model',
  cards: 'model cards read',
  runtime: 'ONNX Runtime started',
  model: 'model read, verified and opened',
  answer: 'one answer',
};

/** From nothing to the first answer of a model, in parts. */
export async function benchColdStart(): Promise<Row[]> {
  const models = mkdtempSync(join(tmpdir(), 'bindscope-bench-'));
  try {
    writeModelAndTwin(models);
    const starts: Record<Part, number>[] = [];
    for (let start = 0; start < STARTS; start++) starts.push(await startCold(models));
    return coldStartRows(starts);
  } finally {
    rmSync(models, { recursive: true });
  }
}

/**
 * One start, from outside: requests that need more and more, and their differences. The first
 * comparison starts ONNX Runtime (and compiles what every first run compiles), opens the model and
 * answers; the first one of the twin opens and answers; the second one only answers.
 */
async function startCold(models: string): Promise<Record<Part, number>> {
  const began = performance.now();
  const worker = await startWorker(models);
  const request = (path: string) => timed(() => ask(worker, path));
  try {
    await ask(worker, '/problems');
    const process = performance.now() - began;
    const cards = await request('/v1/models');
    const first = await request(comparePath(MODEL));
    const opening = await request(comparePath(TWIN));
    const answer = await request(comparePath(TWIN));
    return { process, cards, runtime: first - opening, model: opening - answer, answer };
  } finally {
    await worker.stop();
  }
}

const comparePath = (model: string) => `/v1/compare?models=${model}&objects=8&queries=1`;

function coldStartRows(starts: readonly Readonly<Record<Part, number>>[]): Row[] {
  const parts = Object.keys(PARTS) as Part[];
  const medians = parts.map((part) => median(starts.map((times) => times[part])));
  const total = medians.reduce((sum, time) => sum + time, 0);
  return [
    { what: 'cold start to the first answer', value: `${total.toFixed(0)} ms` },
    ...parts.map((part, place) => {
      const time = elementAt(medians, place);
      const share = ((100 * time) / total).toFixed(0);
      return { what: `  ${PARTS[part]}`, value: `${time.toFixed(0)} ms (${share} %)` };
    }),
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
