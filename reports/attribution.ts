import { code, table } from './markdown.ts';
import type { ModelResults } from './model-results.ts';
import { meanCell } from './probe-tables.ts';

/** The other models have their tables on their own pages. */
const SHOWN: ReadonlySet<string> = new Set([
  ...['text-only', 'noise-text', 'image-text', 'noise-image-text'],
  ...['shuffled-text', 'text-symbolic'],
]);

/** The share of the effect of cutting single tokens on the two expected ones, on ordered text, model by model. */
export function attributionTable(models: readonly ModelResults[]): string {
  const rows = models.flatMap(({ name, probes }) => {
    if (!SHOWN.has(name)) return [];
    const measured = probes?.attribution?.find(
      ({ modality, order }) => modality === 'text' && order === 'context',
    );
    if (!measured) return [];
    const cells = measured.distributions.flatMap(({ expectedShare, groups }) => {
      const next = groups.find(({ group }) => group === 'next-token');
      return [meanCell(expectedShare), next ? meanCell(next.share) : '-'];
    });
    return [[code(name), ...cells]];
  });
  return table(
    [
      'model',
      'shape and item, 8 objects',
      'token after the shape',
      'shape and item, 12 objects',
      'token after the shape',
    ],
    rows,
  );
}
