import { API_LIMITS } from '../contract/limits.ts';
import { plotAccuracy } from '../plots/accuracy.ts';
import { DEFAULT_STYLE, plotDocument } from '../plots/document.ts';
import { heatMap } from '../plots/heat-map.ts';
import { plotMechanism } from '../plots/mechanism.ts';
import { conditionTitle } from '../plots/labels.ts';
import { LIMITS } from '../task/spec.ts';
import { conditionsOf, type Condition } from '../task/conditions.ts';
import { describePositions, positionMaps } from './positions.ts';
import { interchangeOf, resultOf, variantOf, type ModelResults } from './model-results.ts';

/** A picture that a document shows. */
export interface Figure {
  readonly file: string;
  readonly title: string;
  readonly svg: string;
}

/**
 * Accuracy by number of objects under every condition, and the mechanism: of the first models that are of
 * the usual size, and of those of each other size.
 */
export function figuresOf(models: readonly ModelResults[]): Figure[] {
  const variants = [...new Set(models.map(variantOf))];
  return variants.flatMap((variant) => {
    const own = models.filter((model) => variantOf(model) === variant);
    const suffix = variant.replace(/[^a-z0-9]+/g, '-');
    return sideBySide(own.slice(0, API_LIMITS.modelsInFigures)).map(({ name, title, svg }) => ({
      file: `${name}${suffix && `-${suffix}`}.svg`,
      title: `${title}${variant && `, ${variant}`}`,
      svg,
    }));
  });
}

interface Plot extends Omit<Figure, 'file'> {
  readonly name: string;
}

function sideBySide(models: readonly ModelResults[]): Plot[] {
  const accuracy = conditionsOf(['text', 'image']).flatMap((condition) =>
    accuracyFigure(models, condition),
  );
  const probed = models.flatMap((model) => {
    const figures = interchangeOf(model);
    return figures && figures.solved > 0 ? [{ model: model.card.id, figures }] : [];
  });
  const measured = [...accuracy, ...positionFigure(models)];
  if (probed.length === 0) return measured;
  const svg = plotMechanism({ models: probed, style: DEFAULT_STYLE });
  return [...measured, { name: 'mechanism', title: 'Interchange at the query, by layer', svg }];
}

function positionFigure(models: readonly ModelResults[]): Plot[] {
  const maps = positionMaps(models);
  if (maps.length === 0) return [];
  const title = 'Accuracy on ordered text by position, %';
  const svg = plotDocument(
    { title, description: describePositions(maps) },
    maps.map((map) => heatMap(map, DEFAULT_STYLE)),
  );
  return [{ name: 'position', title, svg }];
}

function accuracyFigure(models: readonly ModelResults[], condition: Condition): Plot[] {
  const { modality, order } = condition;
  const title = conditionTitle(condition, 'en');
  const series = models.flatMap((model, index) => {
    const result = resultOf(model, modality, order);
    return result ? [{ model: model.card.id, displayIndex: index, ...result }] : [];
  });
  if (series.length === 0) return [];
  const accuracies = { models: series, inDistribution: LIMITS.inDistribution };
  const name = `accuracy-${modality === 'image' ? 'pictures' : `text-${order}`}`;
  const svg = plotAccuracy({ title, accuracies, style: DEFAULT_STYLE });
  return [{ name, title, svg }];
}
