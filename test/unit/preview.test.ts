import { expect, it } from 'vitest';
import { previewScore, type ScorePreview } from '../../plots/preview.ts';

const draw = (displayIndex: number | null) => {
  const models: ScorePreview['models'] = [{ name: 'another model', displayIndex, correct: 2 }];
  return previewScore(
    { title: 'A score', host: 'example.com', theme: 'light', locale: 'en' },
    { asked: 4, visitor: 3, models, claim: 'Guess.' },
  );
};

it('the preview of a score has no marker for a model that the deployment does not have', () => {
  const markers = (svg: string) => svg.match(/class="series\d+/g)?.length ?? 0;
  expect([markers(draw(0)), markers(draw(null))]).toEqual([1, 0]);
  expect(draw(null)).toContain('2 of 4');
});
