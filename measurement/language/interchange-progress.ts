import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { OUTCOMES } from '../../contract/probes.ts';
import { writeAtomically } from '../../node/files.ts';

/** What has been measured so far, beside the result: a run that was stopped goes on where it was. */

const outcomeSchema = z.enum(OUTCOMES);
const layerSchema = z.object({
  layer: z.number().int(),
  outcome: outcomeSchema,
  controls: z.object({ random: outcomeSchema, unrelated: outcomeSchema }),
  maxLogitDelta: z.number(),
  probabilities: z.array(z.number()),
});

const entrySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('answer'),
    model: z.number().int(),
    objects: z.number().int(),
    index: z.number().int(),
    correct: z.boolean(),
    free: z.boolean(),
  }),
  z.object({
    kind: z.literal('pair'),
    model: z.number().int(),
    index: z.number().int(),
    solved: z.boolean(),
    layers: z.array(layerSchema),
  }),
]);
type ProgressEntry = z.infer<typeof entrySchema>;
export type AnswerEntry = Extract<ProgressEntry, { kind: 'answer' }>;
export type PairEntry = Extract<ProgressEntry, { kind: 'pair' }>;

/** One line says what is measured; each further line is one answer or pair. */
export class InterchangeProgress {
  readonly #answers = new Map<string, AnswerEntry>();
  readonly #pairs = new Map<string, PairEntry>();

  private constructor(private readonly path: string) {}

  /**
   * @param plan everything that decides what is measured; a file of another plan is started again
   */
  static open(path: string, plan: unknown): InterchangeProgress {
    const progress = new InterchangeProgress(path);
    const head = JSON.stringify(plan);
    const [first, ...lines] = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
    if (first === head) {
      for (const line of lines) {
        const entry = parseLine(line);
        if (entry) progress.#keep(entry);
      }
    }
    // A line that was cut off is written again.
    const kept = [...progress.#answers.values(), ...progress.#pairs.values()].map((entry) =>
      JSON.stringify(entry),
    );
    writeAtomically(path, `${[head, ...kept].join('\n')}\n`);
    return progress;
  }

  /** The number of answers and pairs that are measured. */
  get size(): number {
    return this.#answers.size + this.#pairs.size;
  }

  /** Of a model, as its index in the plan. */
  answerOf(model: number, objects: number, index: number): AnswerEntry | undefined {
    return this.#answers.get(answerKey(model, objects, index));
  }

  pairOf(model: number, index: number): PairEntry | undefined {
    return this.#pairs.get(pairKey(model, index));
  }

  add(entry: ProgressEntry): void {
    this.#keep(entry);
    appendFileSync(this.path, `${JSON.stringify(entry)}\n`);
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }

  #keep(entry: ProgressEntry): void {
    const { model, index } = entry;
    if (entry.kind === 'pair') this.#pairs.set(pairKey(model, index), entry);
    else this.#answers.set(answerKey(model, entry.objects, index), entry);
  }
}

const answerKey = (model: number, objects: number, index: number) => `${model},${objects},${index}`;
const pairKey = (model: number, index: number) => `${model},${index}`;

function parseLine(line: string): ProgressEntry | undefined {
  try {
    return entrySchema.safeParse(JSON.parse(line)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
