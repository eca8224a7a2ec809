import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { modelCardSchema } from '../../contract/card.ts';
import { packPrompt } from '../../task/prompt.ts';
import { generateScene } from '../../task/scene.ts';
import { parseSpec, type Modality } from '../../task/spec.ts';
import { requireSuitable, servedModalities, vocabularyOf } from '../../worker/suitability.ts';
import { FIXTURES } from '../support/fixtures.ts';
import { FIXTURES_DIRECTORY } from '../support/paths.ts';

it('a model whose encoder stayed behind is asked about text alone', () => {
  const path = join(FIXTURES_DIRECTORY, FIXTURES.seeing, 'card.json');
  const seeing = modelCardSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const farSighted = { ...seeing, files: { ...seeing.files, encoder: null } };
  const ask = (card: typeof seeing, modality: Modality) => {
    const spec = parseSpec({
      modality,
      objects: 3,
      vocabulary: { colours: 8, shapes: 8, items: 8 },
    });
    const scene = generateScene(spec, 0, 0);
    const prompt = packPrompt(scene, modality, spec.grid, [{ question: 'indirect', object: 0 }]);
    const packed = { scene, prompt, modality, grid: spec.grid };
    requireSuitable(card, packed, vocabularyOf(packed));
  };
  expect(servedModalities(seeing)).toEqual(['text', 'image']);
  expect(servedModalities(farSighted)).toEqual(['text']);
  expect(() => {
    ask(seeing, 'image');
    ask(farSighted, 'text');
  }).not.toThrow();
  expect(() => {
    ask(farSighted, 'image');
  }).toThrow(
    /cannot look at pictures here: its visual encoder \(random\) is too large to be served/,
  );
});
