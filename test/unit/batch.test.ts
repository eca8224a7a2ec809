import { describe, expect, it } from 'vitest';
import { assembleBatch, MASKED } from '../../task/batch.ts';
import { packPrompt } from '../../task/prompt.ts';
import { generateScene } from '../../task/scene.ts';
import { parseSpec } from '../../task/spec.ts';

describe('Blind associations', () => {
  const spec = parseSpec({ objects: 3, order: 'shuffled' });
  const prompt = packPrompt(generateScene(spec, 1, 0), 'text', spec.grid, [
    { question: 'indirect', object: 0 },
  ]);
  const context = ['colour', 'shape', 'context-end'];
  const associations = ['association-shape', 'association-item'];
  const seeing = assembleBatch([{ prompt }]);
  const blind = assembleBatch([{ prompt, maskContext: true }]);

  it('differ from seeing ones in what they see of the context, and in nothing else', () => {
    prompt.roles.forEach((from, at) => {
      prompt.roles.forEach((to, read) => {
        const place = at * blind.length + read;
        const cut = associations.includes(from) && context.includes(to);
        expect(blind.attentionBias[place]).toBe(cut ? MASKED : seeing.attentionBias[place]);
      });
    });
    expect({ ...blind, attentionBias: [] }).toEqual({ ...seeing, attentionBias: [] });
  });

  it('leave the query its view of both', () => {
    const last = prompt.roles.length - 1;
    const row = blind.attentionBias.subarray(last * blind.length, (last + 1) * blind.length);
    expect([...row].every((bias) => bias === 0)).toBe(true);
  });
});
