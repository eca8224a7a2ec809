import { describe, expect, it } from 'vitest';
import { probesSchema } from '../../contract/probes.ts';
import { openSubject } from '../../measurement/probe-subject.ts';
import { readJson } from '../../node/files.ts';
import { attributeQueries, summariseAttributions } from '../../probes/attribution-shares.ts';
import { ROOT } from '../../build/paths.ts';
import { elementAt } from '../../task/element-at.ts';
import { parseSpec } from '../../task/spec.ts';

const MODELS = `${ROOT}models`;

const measured = (id: string, modality: 'text' | 'image' = 'text') => {
  const { attribution = [] } = readJson(`${MODELS}/${id}/probes.json`, probesSchema);
  const found = attribution.find((entry) => {
    return (
      entry.modality === modality && entry.order === (modality === 'text' ? 'context' : 'shuffled')
    );
  });
  if (!found) throw new Error(`${id} has no attribution`);
  return {
    ...found,
    id: elementAt(found.distributions, 0),
    ood: elementAt(found.distributions, 1),
  };
};

/** The first queries of those that the file is about. */
const QUERIES = 24;

describe.each(['text-only', 'image-text', 'text-symbolic'])('%s', (id) => {
  it('depends on the tokens that its probes name', async () => {
    const { seed, distributions } = measured(id);
    const { subject, card } = await openSubject(MODELS, id);
    const indices = Array.from({ length: QUERIES }, (_, index) => index);
    for (const { objects, expectedShare, groups } of distributions) {
      const spec = parseSpec({ objects, vocabulary: card.vocabulary, grid: card.grid });
      const again = summariseAttributions(await attributeQueries(subject, spec, seed, indices));
      // The scatter of so few queries is at most 0.06.
      expect(Math.abs(again.expectedShare.mean - expectedShare.mean)).toBeLessThan(0.15);
      for (const { group, share } of again.groups) {
        const before = groups.find((one) => one.group === group)?.share.mean ?? 0;
        expect(Math.abs(share.mean - before), group).toBeLessThan(0.15);
      }
    }
  });
});

/** What pages and documents claim. */
describe('the claim', () => {
  it.each(['image-text', 'noise-image-text', 'text-symbolic'])(
    'that %s reads the shape and its item',
    (model) => {
      const { id, ood } = measured(model);
      expect(id.expectedShare.interval[0]).toBeGreaterThan(0.9);
      expect(ood.expectedShare.interval[0]).toBeGreaterThan(0.85);
    },
  );

  it('that text-only reads other tokens than the shape, and beyond training many', () => {
    const { id, ood } = measured('text-only');
    const shareOf = (group: string) => id.groups.find((one) => one.group === group)?.share;
    expect(shareOf('next-token')?.interval[0]).toBeGreaterThan(shareOf('shape')?.interval[1] ?? 1);
    expect(ood.expectedShare.interval[1]).toBeLessThan(0.2);
  });

  it('that image-text reads the shape before the item', () => {
    const { layers } = measured('image-text').id;
    const [context, answer] = layers.map(({ effects }) => effects.map(({ mean }) => mean));
    // The effect of a cut from a layer on has halved once the token is read.
    const readAt = (effects: readonly number[] = []) =>
      effects.findIndex((effect) => effect < elementAt(effects, 0) / 2);
    expect(readAt(context)).toBeGreaterThan(0);
    expect(readAt(answer)).toBeGreaterThan(readAt(context));
  });
});
