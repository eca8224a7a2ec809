import type { ModelCard } from '../contract/card.ts';
import { MECHANISM_PAIRS } from './mechanism-log.ts';
import { VALIDATION_QUERIES, type Metrics } from './train.ts';

/** Steps between two points of a card's curve that show nothing but the loss. */
const CURVE_EVERY = 100;

/** What a card says of how the model was trained, from the run's metrics. */
export function curveOf(metrics: readonly Metrics[]): Pick<ModelCard, 'curve' | 'validation'> {
  const shown = metrics.filter(
    ({ step, stage, mechanism }, place) =>
      step % CURVE_EVERY === 0 || mechanism || stage !== metrics.at(place + 1)?.stage,
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
