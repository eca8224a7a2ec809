import { expect, it } from 'vitest';
import { plotAccuracy, type AccuracySeries } from '../../plots/accuracy.ts';
import { seriesClass } from '../../plots/palette.ts';
import { markerPath } from '../../plots/markers.ts';

const share = {
  correct: 90,
  count: 100,
  accuracy: 0.9,
  interval: [0.83, 0.94] as [number, number],
};
const series = (model: string): AccuracySeries => ({
  ...{ model, displayIndex: 0, id: share, ood: share },
  byObjects: [{ ...share, objects: 4 }],
});
const plot = (model: string) =>
  plotAccuracy({
    title: 'Accuracy',
    accuracies: { models: [series(model)], inDistribution: 8 },
    style: { locale: 'en', theme: 'light' },
  });
/** Where texts of the key begin: the name, then both accuracies. */
const columns = (svg: string) =>
  [...svg.matchAll(/<text x="(\d+)"[^>]*class="key[^>]*>([^<]+)</g)].map(([, x, text = '']) => ({
    x: Number(x),
    text,
  }));

it('leaves room in its key for a long name, and cuts one that has no end', () => {
  for (const length of [9, 22, 28, 64]) {
    const [name, inside, beyond] = columns(plot('m'.repeat(length)));
    if (!name || !inside || !beyond) throw new Error('the key has fewer than three columns');
    expect(name.text).toBe(length <= 28 ? 'm'.repeat(length) : `${'m'.repeat(27)}…`);
    expect(inside.x).toBeGreaterThanOrEqual(name.x + 8 * name.text.length);
    // The widest share, and the edge of the figure behind the second.
    expect(beyond.x).toBeGreaterThanOrEqual(inside.x + 270);
    expect(beyond.x + 245).toBeLessThanOrEqual(800);
  }
  expect(plot('m'.repeat(64))).toContain(`<title>${'m'.repeat(64)}, `);
});

it('gives each of many models a sign and a colour that no other has together', () => {
  const places = Array.from({ length: 49 }, (_, place) => place);
  expect(new Set(places.map((place) => `${seriesClass(place)} ${markerPath(place)}`)).size).toBe(
    49,
  );
  expect(places.slice(0, 7).map(seriesClass)).toEqual([
    'series0',
    'series1',
    'series2',
    'series3',
    'series4',
    'series5',
    'series6',
  ]);
});
