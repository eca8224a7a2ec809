import type { ImportedCard } from '../../contract/card.ts';
import { shippedCard } from './shipped.ts';

/** The card of an imported model with the evaluation of text-only. */
export function importedCard(): ImportedCard {
  const { evaluation, files, recipe, parameters } = shippedCard('text-only');
  return {
    schema: 1,
    kind: 'imported',
    id: 'other',
    description: 'A model from elsewhere.',
    modalities: ['text'],
    vocabulary: recipe.vocabulary,
    parameters,
    network: recipe.model,
    signature: {
      kind: 'decoder',
      inputs: [],
      logits: { name: 'logits', type: 'float32', at: 'every-token' },
      vocabulary: 470,
    },
    hooks: { residual: null, attention: null },
    source: { file: 'other.onnx', sha256: files.model.sha256 },
    files: { ...files, encoder: null },
    evaluation,
  };
}
