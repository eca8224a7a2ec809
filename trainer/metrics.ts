import { existsSync, readFileSync } from 'node:fs';
import { writeAtomically } from '../node/files.ts';
import type { AnswerKind } from './curriculum.ts';
import type { MechanismByModality } from './mechanism-log.ts';

/** The log of a run: a line of JSON every few steps. */
export const METRICS_FILE = 'metrics.jsonl';

/** One line of the log: means over the steps since the last one. */
export interface Metrics {
  readonly step: number;
  readonly stage: string;
  readonly loss: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
  /** The largest number of objects at present. */
  readonly objects: number;
  /** Training accuracy by modality and question, such as `text.indirect`. */
  readonly accuracy: Readonly<Record<string, number>>;
  readonly answers: number;
  readonly stepsPerSecond: number;
  /** Accuracy on validation queries by modality and number of objects, where it was measured. */
  readonly validation?: Readonly<Record<string, number>>;
  /** The mechanism by modality, where it was measured. */
  readonly mechanism?: MechanismByModality;
}

export function readMetrics(path: string): Metrics[] {
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Metrics);
}

/** Drops the lines that a run wrote after its last checkpoint: they will be written again. */
export function trimMetrics(path: string, step: number): void {
  if (!existsSync(path)) return;
  const kept = readMetrics(path).filter((metrics) => metrics.step <= step);
  writeAtomically(path, kept.map((metrics) => `${JSON.stringify(metrics)}\n`).join(''));
}

/** Sums over the steps between two lines of metrics. */
export class Tally {
  readonly #began = performance.now();
  readonly #answers = new Map<string, { correct: number; total: number }>();
  #steps = 0;
  #loss = 0;
  #gradientNorm = 0;

  /** @param correct whether the answer of each kind was correct */
  add(
    loss: number,
    gradientNorm: number,
    kinds: readonly AnswerKind[],
    correct: readonly boolean[],
  ): void {
    this.#steps++;
    this.#loss += loss;
    this.#gradientNorm += gradientNorm;
    for (const [index, { modality, question }] of kinds.entries()) {
      const key = `${modality}.${question}`;
      const count = this.#answers.get(key) ?? { correct: 0, total: 0 };
      count.total++;
      if (correct[index]) count.correct++;
      this.#answers.set(key, count);
    }
  }

  means() {
    const accuracies = [...this.#answers].map(
      ([key, { correct, total }]) => [key, correct / total] as const,
    );
    return {
      loss: this.#loss / this.#steps,
      gradientNorm: this.#gradientNorm / this.#steps,
      accuracy: Object.fromEntries(accuracies),
      stepsPerSecond: (1000 * this.#steps) / (performance.now() - this.#began),
    };
  }
}
