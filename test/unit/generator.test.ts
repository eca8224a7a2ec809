import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packPrompt, questionTokens } from '../../task/prompt.ts';
import { generateQuery, parseQueryName, queryName, readablePrompt } from '../../task/query.ts';
import { generateScene } from '../../task/scene.ts';
import { LIMITS, parseSpec, SPLITS, type QuerySpec } from '../../task/spec.ts';
import { describeToken, TOKEN_COUNT } from '../../task/tokens.ts';
import { elementAt } from '../../task/element-at.ts';

const word = fc.integer({ min: 0, max: LIMITS.uint32 });
const spec: fc.Arbitrary<QuerySpec> = fc
  .record({
    split: fc.constantFrom(...SPLITS),
    modality: fc.constantFrom('text' as const, 'image' as const),
    order: fc.constantFrom('context' as const, 'shuffled' as const),
    question: fc.constantFrom('indirect' as const, 'association' as const, 'shape' as const),
    objects: fc.integer({ min: 1, max: 32 }),
    maxPositionGaps: fc.integer({ min: 0, max: 200 }),
  })
  .map(parseSpec);

/** Adds one to a cell of a table. */
function count(table: number[], cell: number): void {
  table[cell] = elementAt(table, cell) + 1;
}

describe('scenes', () => {
  it('are the same for the same name, and never repeat a colour, shape, item or place', () => {
    fc.assert(
      fc.property(spec, word, word, (of, seed, index) => {
        const scene = generateScene(of, seed, index);
        expect(generateScene(of, seed, index)).toEqual(scene);
        const distinct = (values: readonly (number | string)[]) => new Set(values).size;
        expect(distinct(scene.objects.map((object) => object.colour))).toBe(of.objects);
        expect(distinct(scene.objects.map((object) => object.shape))).toBe(of.objects);
        expect(distinct(scene.objects.map((object) => object.item))).toBe(of.objects);
        expect(distinct(scene.objects.map(({ row, column }) => `${row},${column}`))).toBe(
          of.objects,
        );
        expect([...scene.associations].sort((a, b) => a - b)).toEqual(
          scene.objects.map((_, o) => o),
        );
        expect(scene.gaps.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(of.maxPositionGaps);
      }),
    );
  });

  it('differ between splits, seeds and indices', () => {
    const drawn = new Set<string>();
    let count = 0;
    for (const split of SPLITS) {
      for (let seed = 0; seed < 20; seed++) {
        for (let index = 0; index < 50; index++, count++) {
          const scene = generateScene(parseSpec({ split, objects: 8 }), seed, index);
          drawn.add(JSON.stringify(scene.objects));
        }
      }
    }
    expect(drawn.size).toBe(count);
  });

  it('do not depend on modality or question, and their objects not on order or noise', () => {
    const plain = generateScene(parseSpec({ objects: 6 }), 3, 4);
    const image = parseSpec({ objects: 6, modality: 'image', question: 'shape' });
    expect(generateScene(image, 3, 4)).toEqual(plain);
    const shuffled = generateScene(
      parseSpec({ objects: 6, order: 'shuffled', maxPositionGaps: 50 }),
      3,
      4,
    );
    expect(shuffled.objects).toEqual(plain.objects);
    expect(shuffled.asked).toEqual(plain.asked);
  });

  it('draw their aspects independently of each other (chi-squared)', () => {
    // Pairs of aspects that a model could mistake for structure, as cells of a 2 x 2 table.
    const tables = { colourShape: [0, 0, 0, 0], shapeItem: [0, 0, 0, 0], askedOrder: [0, 0] };
    const spec = parseSpec({ objects: 8, split: 'train', order: 'shuffled' });
    const scenes = 8000;
    for (let index = 0; index < scenes; index++) {
      const { objects, asked, associations } = generateScene(spec, 0, index);
      const { colour, shape, item } = elementAt(objects, 0);
      const first = elementAt(asked, 0);
      count(tables.colourShape, (colour % 2) * 2 + (shape % 2));
      count(tables.shapeItem, (shape % 2) * 2 + (item % 2));
      count(tables.askedOrder, associations[first] === first ? 1 : 0);
    }
    const statistic = (counts: readonly number[], shares: readonly number[]) =>
      counts.reduce((sum, n, cell) => {
        const expected = scenes * elementAt(shares, cell);
        return sum + (n - expected) ** 2 / expected;
      }, 0);
    const quarters = [0.25, 0.25, 0.25, 0.25];
    expect(statistic(tables.colourShape, quarters)).toBeLessThan(16.27); // 3 degrees, 0.1 %
    expect(statistic(tables.shapeItem, quarters)).toBeLessThan(16.27);
    expect(statistic(tables.askedOrder, [7 / 8, 1 / 8])).toBeLessThan(10.83); // 1 degree, 0.1 %
  });

  it('place every colour equally often (chi-squared, 39 degrees of freedom)', () => {
    const counts = new Array<number>(40).fill(0);
    const scenes = 4000;
    const spec = parseSpec({ objects: 1, vocabulary: { colours: counts.length } });
    for (let index = 0; index < scenes; index++) {
      count(counts, elementAt(generateScene(spec, 0, index).objects, 0).colour);
    }
    const expected = scenes / counts.length;
    const statistic = counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(statistic).toBeLessThan(72.06); // the 0.1 % quantile
  });
});

describe('queries', () => {
  it('have names that make them again', () => {
    fc.assert(
      fc.property(spec, word, word, fc.nat(), (of, seed, index, any) => {
        const id = { spec: of, seed, index, question: any % of.objects };
        expect(parseQueryName(queryName(id))).toEqual(id);
      }),
    );
  });

  it('answer by the shape, and say what each strategy looks at', () => {
    fc.assert(
      fc.property(spec, word, word, (of, seed, index) => {
        const query = generateQuery({
          spec: { ...of, question: 'indirect' },
          seed,
          index,
          question: 0,
        });
        const { positional, symbolic } = query.strategies;
        const asked = elementAt(query.scene.objects, query.object);
        expect(describeToken(query.answer)).toMatchObject({ kind: 'item', index: asked.item });
        expect(symbolic.item).toBe(asked.item);
        expect(query.scene.associations[symbolic.association]).toBe(query.object);
        expect(positional.association).toBe(query.object);
        if (of.order === 'context') expect(positional).toEqual(symbolic);
      }),
    );
  });

  it('leave gaps among the associations where a scene has them', () => {
    const scene = generateScene(parseSpec({ objects: 2 }), 0, 0);
    const positions = (gaps?: number[]) =>
      packPrompt({ ...scene, ...(gaps && { associationGaps: gaps }) }, 'text', 6, [
        { question: 'indirect', object: 0 },
      ]).positions;
    expect(positions()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(positions([0, 3])).toEqual([0, 1, 2, 3, 4, 5, 6, 10, 11, 12, 13]);
  });

  it('have text and image contexts that mirror each other', () => {
    fc.assert(
      fc.property(spec, word, word, (of, seed, index) => {
        const scene = generateScene(of, seed, index);
        const ask = { question: of.question, object: 0 };
        const text = packPrompt(scene, 'text', of.grid, [ask]);
        const image = packPrompt(scene, 'image', of.grid, [ask]);
        const tail = (tokens: readonly number[]) => tokens.slice(tokens.indexOf(1));
        expect(tail(image.tokens)).toEqual(tail(text.tokens));
        expect(image.answers.map(({ token }) => token)).toEqual([
          questionTokens(scene, ask).answer,
        ]);
        expect(image.patches).toBe(of.grid ** 2);
      }),
    );
  });

  it('are the bytes of the golden file', () => {
    const golden = JSON.parse(
      readFileSync(new URL('../golden/queries.json', import.meta.url), 'utf8'),
    ) as { name: string; text: string; answer: string; positions: number[] }[];
    expect(golden.length).toBeGreaterThanOrEqual(12);
    for (const { name, ...expected } of golden) {
      const { prompt, answer } = generateQuery(parseQueryName(name));
      expect({
        text: readablePrompt(prompt),
        answer: describeToken(answer).name,
        positions: prompt.positions,
      }).toEqual(expected);
    }
  });
});

describe('bad parameters are refused with their limits', () => {
  it.each([
    [{ objects: 0 }, 'objects must be a whole number from 1 to 32'],
    [{ objects: 33 }, 'objects must be a whole number from 1 to 32'],
    [{ objects: 2.5 }, 'objects must be a whole number from 1 to 32'],
    [{ objects: 5, vocabulary: { items: 4 } }, 'objects (5) must not exceed the 4 items'],
    [{ objects: 5, vocabulary: { colours: 4 } }, 'objects (5) must not exceed the 4 colours'],
    [{ objects: 5, grid: 2 }, 'objects (5) must not exceed the 4 cells of the 2 x 2 picture'],
    [{ objects: 5, split: 'exam' as 'test' }, 'split must be one of train, validation, test'],
    [{ objects: 5, maxPositionGaps: 201 }, 'maxPositionGaps must be a whole number from 0 to 200'],
  ])('%o', (input, message) => {
    expect(() => parseSpec(input)).toThrow(message);
  });

  it.each(['', 'nonsense', 'test.text.context.indirect.n8.v40-40-32.z0.g6.s0.i12.q8'])(
    '%s',
    (name) => {
      expect(() => parseQueryName(name)).toThrow(/not the name of a query|question must be/);
    },
  );
});

describe('tokens', () => {
  it('have unique names', () => {
    const names = Array.from({ length: TOKEN_COUNT }, (_, token) => describeToken(token).name);
    expect(new Set(names).size).toBe(TOKEN_COUNT);
    expect(() => describeToken(TOKEN_COUNT)).toThrow('outside the token space');
  });
});
