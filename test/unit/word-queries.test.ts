import { decode } from 'fast-png';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementAt } from '../../task/element-at.ts';
import { TEMPLATES, TEMPLATE_NAMES } from '../../task/language/templates.ts';
import {
  withDistinctFirstTokens,
  WORD_LISTS,
  wordsForTokenizer,
} from '../../task/language/word-lists.ts';
import { drawWords } from '../../task/language/word-picture.ts';
import { writeWordPrompt } from '../../task/language/word-prompt.ts';
import { generateWordQuery, parseWordSpec } from '../../task/language/word-query.ts';
import { picturePng, renderPicture } from '../../task/picture.ts';
import { generateQuery } from '../../task/query.ts';
import { SpecError } from '../../task/spec.ts';

const { everyday, task } = WORD_LISTS;

// red circle with the candle, blue square with the drum, green triangle with the anchor; asked: blue
const scene = {
  objects: [
    { colour: 0, shape: 0, item: 2, row: 0, column: 0 },
    { colour: 1, shape: 1, item: 3, row: 0, column: 1 },
    { colour: 2, shape: 2, item: 0, row: 1, column: 0 },
  ],
  associations: [2, 0, 1],
};
const asked = { question: 'indirect' as const, object: 1 };

describe('A query in English', () => {
  it('is a list, a sentence, or the text beside a picture, with the same answer', () => {
    const write = (name: keyof typeof TEMPLATES) =>
      writeWordPrompt(scene, asked, { template: TEMPLATES[name], words: everyday });
    expect(write('list').completion).toBe(
      `Objects:
- red circle
- blue square
- green triangle

Each shape has an item:
- triangle: anchor
- circle: candle
- square: drum

Which item does the blue object have? Answer with the item only, in one word.
Answer:`,
    );
    expect(write('sentence').completion).toBe(
      'On the table there are the red circle, the blue square and the green triangle. Each shape belongs to an item: ' +
        'the triangle belongs to the anchor, the circle belongs to the candle and the square belongs to the drum. ' +
        'Which item does the shape that is blue belong to? Reply with one word. The answer is the',
    );
    expect(write('picture').text).toBe(
      write('list').text.replace(/Objects:[^]*triangle\n\n/, 'The picture shows the objects.\n\n'),
    );
    for (const name of TEMPLATE_NAMES) {
      expect(write(name).answer).toBe('drum');
      expect(write(name).candidates).toEqual(['candle', 'drum', 'anchor']);
    }
  });

  it('asks for each part of the task', () => {
    const ask = (question: 'association' | 'shape' | 'colour') => {
      const wording = { template: TEMPLATES.sentence, words: everyday };
      const { text, answer } = writeWordPrompt(scene, { question, object: 1 }, wording);
      return `${text.split('. ').at(-1) ?? ''} -> ${answer}`;
    };
    expect(ask('association')).toBe(
      'Which item does the square belong to? Reply with one word. -> drum',
    );
    expect(ask('shape')).toBe('Which shape is blue? Reply with one word. -> square');
    expect(ask('colour')).toBe('Which colour is the square? Reply with one word. -> blue');
  });

  it('says where the words of each object are', () => {
    for (const name of TEMPLATE_NAMES) {
      const template = TEMPLATES[name];
      const { text, spans } = writeWordPrompt(scene, asked, { template, words: everyday });
      const words = spans.map(({ role, object, start, end }) => [
        role,
        object,
        text.slice(start, end),
      ]);
      expect(words).toEqual([
        ...(template.modality === 'text'
          ? [
              ['colour', 0, 'red'],
              ['shape', 0, 'circle'],
              ['colour', 1, 'blue'],
              ['shape', 1, 'square'],
              ['colour', 2, 'green'],
              ['shape', 2, 'triangle'],
            ]
          : []),
        ['association-shape', 2, 'triangle'],
        ['association-item', 2, 'anchor'],
        ['association-shape', 0, 'circle'],
        ['association-item', 0, 'candle'],
        ['association-shape', 1, 'square'],
        ['association-item', 1, 'drum'],
        ['asked', 1, 'blue'],
      ]);
    }
  });

  it('has the scene of the same query in tokens', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 32 }),
        fc.nat(1000),
        fc.nat(500),
        (objects, seed, index) => {
          const wording = { template: TEMPLATES.list, words: task };
          const vocabulary = { colours: 40, shapes: 40, items: 32 };
          const spec = parseWordSpec({ objects, vocabulary, order: 'shuffled' }, wording);
          const query = generateWordQuery(spec, seed, { index, question: 0 }, wording);
          const tokens = generateQuery({ spec, seed, index, question: 0 });
          const answer = task.items[elementAt(tokens.scene.objects, tokens.object).item];
          expect(query.prompt.answer).toBe(answer);
          expect(query.position.association).toBe(tokens.strategies.symbolic.association);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('has up to 128 objects, each word once', () => {
    for (const objects of [32, 64, 128]) {
      const wording = { template: TEMPLATES.list, words: everyday };
      const spec = parseWordSpec({ objects }, wording);
      const { prompt } = generateWordQuery(spec, 0, { index: 0, question: 0 }, wording);
      expect(new Set(prompt.candidates).size).toBe(objects);
      expect(prompt.candidates).toContain(prompt.answer);
      expect(prompt.text.match(/^- .*$/gm)).toHaveLength(2 * objects);
    }
  });

  it('has the same scene with text and with a picture, where pictures can draw it', () => {
    const answers = (['list', 'picture'] as const).map((name) => {
      const wording = { template: TEMPLATES[name], words: everyday };
      const spec = parseWordSpec({ objects: 32 }, wording);
      return generateWordQuery(spec, 7, { index: 3, question: 0 }, wording).prompt.candidates;
    });
    expect(answers[0]).toEqual(answers[1]);
  });

  it('refuses more objects than there are words, with the limit', () => {
    const picture = { template: TEMPLATES.picture, words: everyday };
    expect(() => parseWordSpec({ objects: 33 }, picture)).toThrow(
      new SpecError(
        'objects (33) must not exceed the 32 colours in use; the word list everyday has 32 colours that pictures draw',
      ),
    );
    expect(() => parseWordSpec({ objects: 129 }, picture)).toThrow('from 1 to 128');
    const text = { template: TEMPLATES.list, words: task };
    expect(() => parseWordSpec({ objects: 40 }, text)).toThrow('has 32 items');
    const vocabulary = { colours: 400, shapes: 40, items: 32 };
    expect(() => parseWordSpec({ objects: 4, vocabulary }, text)).toThrow(
      'vocabulary.colours (400)',
    );
  });
});

describe('The word lists', () => {
  it('have hundreds of words, each once and in one list only', () => {
    const { colours, shapes, items } = everyday;
    const all = [...colours.map(({ word }) => word), ...shapes.map(({ word }) => word), ...items];
    expect(all.filter((word, index) => all.indexOf(word) < index)).toEqual([]);
    expect(all.every((word) => /^[a-z]+$/.test(word))).toBe(true);
    expect(Math.min(colours.length, shapes.length)).toBeGreaterThanOrEqual(128);
    expect(items.length).toBeGreaterThanOrEqual(200);
  });

  it('draw only colours that differ clearly from each other and from the background', () => {
    const drawn = [
      ...everyday.colours.slice(0, everyday.drawn.colours).map(({ rgb }) => rgb),
      [230, 230, 230] as const,
    ];
    const distances = drawn.flatMap((a, index) =>
      drawn.slice(index + 1).map((b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])),
    );
    expect(Math.min(...distances)).toBeGreaterThan(24);
  });

  it('leave out words whose first token an earlier word has', () => {
    const firstLetter = (word: string) => word.charCodeAt(0);
    const { kept, dropped } = withDistinctFirstTokens(['anchor', 'basket', 'acorn'], firstLetter);
    expect(kept).toEqual(['anchor', 'basket']);
    expect(dropped).toEqual([{ word: 'acorn', sameAs: 'anchor' }]);
    const { words } = wordsForTokenizer(everyday, firstLetter);
    expect(words.items.length).toBe(new Set(everyday.items.map((word) => word[0])).size);
    expect(words.id).toMatch(/^everyday-[0-9a-f]{8}$/);
    expect(wordsForTokenizer(everyday, (word) => everyday.items.indexOf(word)).words).toBe(
      everyday,
    );
  });
});

describe('The picture of a query in English', () => {
  it('is that of the task, four times as large, where the words are those of the task', () => {
    const large = drawWords(scene.objects, 2, task);
    expect([large.width, large.height]).toEqual([128, 128]);
    const small = renderPicture(scene.objects, 2);
    const mean = (data: Uint8Array) => data.reduce((sum, byte) => sum + byte, 0) / data.length;
    expect(mean(large.data)).toBeCloseTo(mean(small.data), 0);
  });

  it('has the colour of each word in its cell', () => {
    const { data } = decode(picturePng(drawWords(scene.objects, 2, everyday)));
    const pixel = (x: number, y: number) => [
      ...data.slice((y * 128 + x) * 3, (y * 128 + x) * 3 + 3),
    ];
    expect(pixel(32, 32)).toEqual([0xe0, 0, 0]);
    expect(pixel(96, 32)).toEqual([0, 0x30, 0xe0]);
    expect(pixel(32, 100)).toEqual([0, 0x8a, 0x1c]);
    expect(pixel(96, 96)).toEqual([230, 230, 230]);
  });

  it('refuses a shape without an outline', () => {
    const shape = everyday.drawn.shapes;
    const objects = [{ colour: 0, shape, row: 0, column: 0 }];
    expect(() => drawWords(objects, 1, everyday)).toThrow(/no outline for the shape/);
  });
});
