import { describe, expect, it } from 'vitest';
import { hasHuggingFaceArchive, huggingFaceArchive } from '../../services/huggingface-archive.ts';
import { importedCard } from '../support/imported-card.ts';
import { shippedCard } from '../support/shipped.ts';

const modelOf = (bytes: Uint8Array) => ({ modelBytes: () => Promise.resolve(bytes) });

describe('the archive of a model that cannot be converted', () => {
  it.each([
    ['imported', importedCard(), "it was imported, and only bindscope's own models"],
    ['with a damaged file', shippedCard('text-only'), 'model.onnx cannot be read'],
  ] as const)('is refused with the reason: %s', async (_, card, reason) => {
    await expect(huggingFaceArchive(modelOf(new Uint8Array(9)), card)).rejects.toMatchObject({
      kind: 'not-found',
      detail: expect.stringContaining(
        `model "${card.id}" has no Hugging Face repository: ${reason}`,
      ) as string,
    });
  });

  it('is announced for models of the trainer alone', () => {
    expect(hasHuggingFaceArchive(importedCard())).toBe(false);
    expect(hasHuggingFaceArchive(shippedCard('text-only'))).toBe(true);
  });
});
