import { expect, it } from 'vitest';
import type { ModelCard } from '../../contract/card.ts';
import { servedModalities } from '../../contract/model-facts.ts';
import { packPrompt } from '../../task/prompt.ts';
import { generateScene } from '../../task/scene.ts';
import { FULL_VOCABULARY, parseSpec, type Modality, type Vocabulary } from '../../task/spec.ts';
import { requireCompatible, vocabularyOf } from '../../services/model-compatibility.ts';
import { shippedCard } from '../support/shipped.ts';

const seeing = shippedCard('image-text');

function ask(card: ModelCard, modality: Modality, vocabulary: Vocabulary) {
  const spec = parseSpec({ modality, objects: 3, vocabulary });
  const scene = generateScene(spec, 0, 0);
  const prompt = packPrompt(scene, modality, spec.grid, [{ question: 'indirect', object: 0 }]);
  const packed = { scene, prompt, modality, grid: spec.grid };
  requireCompatible(card, packed, vocabularyOf(packed));
}

const FEW: Vocabulary = { colours: 8, shapes: 8, items: 8 };

it('a model whose encoder stayed behind is asked about text alone', () => {
  const farSighted = { ...seeing, files: { ...seeing.files, encoder: null } };
  expect(servedModalities(seeing)).toEqual(['text', 'image']);
  expect(servedModalities(farSighted)).toEqual(['text']);
  expect(() => {
    ask(seeing, 'image', FEW);
    ask(farSighted, 'text', FEW);
  }).not.toThrow();
  expect(() => {
    ask(farSighted, 'image', FEW);
  }).toThrow(
    /cannot read pictures here: its visual encoder \(random\) is too large to be deployed/,
  );
});

it('a model is not asked in words that it was never taught', () => {
  const beginner = { ...seeing, recipe: { ...seeing.recipe, vocabulary: FEW } };
  expect(() => {
    ask(beginner, 'text', FEW);
  }).not.toThrow();
  expect(() => {
    ask(beginner, 'text', FULL_VOCABULARY);
  }).toThrow(/first 8 colours/);
});
