import { expect, it } from 'vitest';
import { conditionsOf, describeCondition } from '../../task/conditions.ts';

const inWords = (modalities: Parameters<typeof conditionsOf>[0]) =>
  conditionsOf(modalities).map(describeCondition);

it('a model is measured on text in both orders, and on pictures, which have none, where it reads them', () => {
  const text = ['text with associations in context order', 'text with associations shuffled'];
  const pictures = ['pictures with associations shuffled'];
  expect(inWords(['text'])).toEqual(text);
  expect(inWords(['image'])).toEqual(pictures);
  expect(inWords(['text', 'image'])).toEqual([...text, ...pictures]);
});
