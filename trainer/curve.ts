import type { TrainedCard } from '../contract/card.ts';
import { MECHANISM_PAIRS } from './mechanism-log.ts';
import type { Metrics } from './metrics.ts';
import { VALIDATION_QUERIES } from './validation.ts';

/** Steps between two points of a card's curve; stage ends and mechanism measurements are always kept. */
const CURVE_EVERY = 100;

/** What a card says of how the model was trained, from the run's metrics. */
export function curveOf(metrics: readonly Metrics[]): Pick<TrainedCard, 'curve' | 'validation'> {
  const shown = metrics.filter(
    ({ step, stage, mechanism }, index) =>
      step % CURVE_EVERY === 0 || mechanism || stage !== metrics[index + 1]?.stage,
  );
  return {
    curve: shown.map(({ step, stage, loss, objects, accuracy, validation, mechanism }) => ({
      step,
      stage,
      loss,
      objects,
      accuracy,
      ...(validation && { validation }),
      ...(mechanism && { mechanism }),
    })),
    validation: {
      split: 'validation',
      queriesPerCount: VALIDATION_QUERIES,
      pairs: MECHANISM_PAIRS,
    },
  };
}
