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
export type ProgressEntry = z.infer<typeof entrySchema>;

/** One line says what is measured; each further line is one answer or pair. */
export class InterchangeProgress {
  readonly entries: ProgressEntry[] = [];

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
        if (entry) progress.entries.push(entry);
      }
    }
    // A line that was cut off is written again.
    const kept = progress.entries.map((entry) => JSON.stringify(entry));
    writeAtomically(path, `${[head, ...kept].join('\n')}\n`);
    return progress;
  }

  add(entry: ProgressEntry): void {
    this.entries.push(entry);
    appendFileSync(this.path, `${JSON.stringify(entry)}\n`);
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }
}

function parseLine(line: string): ProgressEntry | undefined {
  try {
    return entrySchema.safeParse(JSON.parse(line)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
