import { SingleBar } from 'cli-progress';
import { reportToParent } from '../../node/progress.ts';
import type { Metrics } from '../metrics.ts';

/** Shows how far a training is: as a bar, or to the parent process. */
export class TrainingProgress {
  readonly #bar = new SingleBar({
    format: '{stage} {bar} {value}/{total} | {status}',
    hideCursor: true,
  });

  /** @param steps most steps of the run */
  constructor(private readonly steps: number) {
    if (!reportToParent(0, '')) this.#bar.start(steps, 0, { stage: '', status: '' });
  }

  update(metrics: Metrics): void {
    const { step, stage } = metrics;
    const status = statusLine(metrics, this.steps);
    if (reportToParent(step / this.steps, `${stage} | ${status}`)) return;
    this.#bar.update(step, { stage, status });
  }

  stop(): void {
    this.#bar.stop();
  }
}

function statusLine(metrics: Metrics, steps: number): string {
  const { step, loss, accuracy, objects, stepsPerSecond } = metrics;
  const accuracies = Object.entries(accuracy).map(
    ([question, value]) => `${question} ${(100 * value).toFixed(1)}%`,
  );
  const seconds = (steps - step) / stepsPerSecond;
  return [
    `loss ${loss.toFixed(3)}`,
    accuracies.join(' '),
    `objects ${objects}`,
    `${stepsPerSecond.toFixed(1)} steps/s`,
    seconds > 90 ? `${Math.round(seconds / 60)} min left` : `${Math.round(seconds)} s left`,
  ].join(' | ');
}
