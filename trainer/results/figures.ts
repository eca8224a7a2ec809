import type { Condition } from '../../contract/embeds.ts';
import { plotAccuracy } from '../../plots/accuracy.ts';
import { plotMechanism } from '../../plots/mechanism.ts';
import { titleOf } from '../../plots/words.ts';
import { LIMITS } from '../../task/spec.ts';
import { conditionsOf } from '../conditions.ts';
import { interchangeOf, resultOf, type ModelResults } from './runs.ts';

/** A figure that stands beside the document. */
export interface Figure {
  readonly file: string;
  readonly title: string;
  readonly svg: string;
}

/** Accuracy by number of objects under every condition, and the mechanism, of all models side by side. */
export function figuresOf(models: readonly ModelResults[]): Figure[] {
  const accuracy = conditionsOf(['text', 'image']).flatMap((condition) =>
    accuracyFigure(models, condition),
  );
  const probed = models.flatMap((model) => {
    const figures = interchangeOf(model);
    return figures && figures.solved > 0 ? [{ model: model.card.id, figures }] : [];
  });
  if (probed.length === 0) return accuracy;
  const svg = plotMechanism({ models: probed, locale: 'en', theme: 'auto' });
  return [...accuracy, { file: 'mechanism.svg', title: 'Interchange at the query, by layer', svg }];
}

function accuracyFigure(models: readonly ModelResults[], condition: Condition): Figure[] {
  const { modality, order } = condition;
  const title = titleOf(condition, 'en');
  const series = models.flatMap((model, place) => {
    const result = resultOf(model, modality, order);
    return result ? [{ model: model.card.id, place, ...result }] : [];
  });
  if (series.length === 0) return [];
  const accuracies = { models: series, inDistribution: LIMITS.inDistribution };
  const name = modality === 'image' ? 'pictures' : `text-${order}`;
  const svg = plotAccuracy({ title, accuracies, locale: 'en', theme: 'auto' });
  return [{ file: `accuracy-${name}.svg`, title, svg }];
}
