import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../task/language/read-answer.ts';

const read = (text: string) => {
  const answer = readAnswer(text, ['candle', 'drum', 'anchor']);
  return answer.kind === 'word' ? answer.word : answer.kind;
};

describe('An answer of a language model', () => {
  it.each([
    ['candle', 'candle'],
    [' Candle.', 'candle'],
    ['**drum**', 'drum'],
    ['\n\nThe item is the anchor.\n', 'anchor'],
    ['drum\nObjects:\n- red candle', 'drum'],
    ['Let me see.\nIt is the drum.', 'drum'],
    ['<think>candle or drum?</think>\nanchor', 'anchor'],
    ['candle or drum', 'ambiguous'],
    ['Well.\ncandle, drum', 'ambiguous'],
    ['drum, the drum', 'drum'],
    ['drumming', 'other'],
    ['kettle', 'other'],
    ["I'm sorry, I can't see a picture.", 'refusal'],
    ['I am unable to answer', 'refusal'],
    ['Sorry, it is the drum', 'drum'],
    ['', 'empty'],
    [' \n ', 'empty'],
    ['<think>candle</think>', 'empty'],
  ])('%j is read as %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });
});
