import type { RegressionTest } from '../contract/regression.ts';

/** The tested metric, such as `9 objects`. */
export function metricName({
  metric,
  objects,
}: Pick<RegressionTest, 'metric' | 'objects'>): string {
  if (metric === 'id') return 'all up to 8 objects';
  if (metric === 'ood') return 'all beyond 8 objects';
  const count = `${objects ?? ''} object${objects === 1 ? '' : 's'}`;
  return metric === 'symbolic' ? `symbolic share, ${count}` : count;
}

/** The kind of query, such as `text, in order`. */
export const conditionName = ({ modality, order }: Pick<RegressionTest, 'modality' | 'order'>) =>
  `${modality}, ${order === 'context' ? 'in order' : 'shuffled'}`;
