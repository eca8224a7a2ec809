import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryListSchema, querySchema } from '../../contract/queries.ts';
import { generateQuery, parseQueryName } from '../../task/query.ts';
import { read, readProblem, startWorker, type RunningWorker } from '../../harness/worker.ts';
import { elementAt } from '../../task/element-at.ts';

let worker: RunningWorker;
beforeAll(async () => void (worker = await startWorker()));
afterAll(() => worker.stop());

const list = async (parameters: string) =>
  (await read(await worker.fetch(`/v1/queries?${parameters}`), queryListSchema)).queries;

describe('queries of a kind', () => {
  it('are those that the generator draws', async () => {
    const queries = await list('objects=5&count=7&seed=3&order=shuffled');
    expect(queries).toHaveLength(7);
    for (const query of queries) {
      const { prompt, answer } = generateQuery(parseQueryName(query.name));
      expect(query.tokens).toEqual(prompt.tokens);
      expect(query.positions).toEqual(prompt.positions);
      expect(query.answer.token).toBe(answer);
      expect(query.answer.name).toBe(query.strategies?.symbolic.item);
    }
  });

  it('are the same for the same address', async () => {
    const path = '/v1/queries?objects=12&count=3&maxPositionGaps=20&modality=image';
    const [first, again] = [await worker.fetch(path), await worker.fetch(path)];
    expect(await first.text()).toBe(await again.text());
  });

  it('can be read page by page', async () => {
    const whole = await list('objects=3&count=9');
    const page = await list('objects=3&count=4&start=5');
    expect(page).toEqual(whole.slice(5));
  });

  it('are the same as lines', async () => {
    const response = await worker.fetch('/v1/queries.jsonl?objects=3&count=9&seed=2');
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    const lines = (await response.text()).trimEnd().split('\n');
    const queries = lines.map((line) => querySchema.parse(JSON.parse(line)));
    expect(queries).toEqual(await list('objects=3&count=9&seed=2'));
    const many = await (await worker.fetch('/v1/queries.jsonl?objects=2&count=1000')).text();
    expect(many.match(/\n/g)).toHaveLength(1000);
    const problem = await readProblem(await worker.fetch('/v1/queries.jsonl?objects=2&count=1001'));
    expect(problem.detail).toContain('1 to 1000');
  });

  it.each([
    ['objects=0', '1 to 32'],
    ['objects=33', '1 to 32'],
    ['objects=two', '1 to 32'],
    ['', 'objects'],
    ['objects=8&objects=9', '1 to 32'],
    ['objects=8&count=101', '1 to 100'],
    ['objects=8&count=-1', '1 to 100'],
    ['objects=8&count=1.5', '1 to 100'],
    ['objects=8&seed=4294967296', '4294967295'],
    ['objects=8&split=all', 'train, validation, test'],
    ['objects=8&modality=sound', 'text, image'],
    ['objects=8&items=4', 'must not exceed the 4 items'],
    ['objects=8&grid=2', '2 x 2'],
    ['objects=8&colour=red', 'colour'],
  ])('%j is refused, naming %j', async (parameters, named) => {
    const problem = await readProblem(await worker.fetch(`/v1/queries?${parameters}`));
    expect(problem).toMatchObject({ status: 400 });
    expect(problem.detail).toContain(named);
  });
});

describe('one query', () => {
  it('is found by its name, as its picture too', async () => {
    const listed = elementAt(await list('objects=6&count=1&modality=image&grid=8'), 0);
    const query = await read(await worker.fetch(listed.links.self), querySchema);
    expect(query).toEqual(listed);

    const svg = await worker.fetch(listed.links.svg);
    expect(svg.headers.get('content-type')).toBe('image/svg+xml');
    expect((await svg.text()).match(/<path /g)).toHaveLength(6);

    const png = await worker.fetch(listed.links.png);
    expect(png.headers.get('content-type')).toBe('image/png');
    expect(decode(await png.arrayBuffer())).toMatchObject({ width: 128, height: 128 });
  });

  it('has a picture in three languages and of any width, in the colours that models read', async () => {
    const { links } = elementAt(await list('objects=6&count=1&modality=image&grid=8'), 0);
    const text = async (query: string) => (await worker.fetch(`${links.svg}?${query}`)).text();
    const german = await text('locale=de&width=400');
    expect(german).toContain(
      '<title>Bild mit 6 Objekten auf einem Raster von 8 mal 8 Feldern</title>',
    );
    expect(german).toMatch(/, Zeile \d, Spalte \d<\/title>/);
    expect(german).toContain('width="400" height="400"');
    expect(await text('locale=fr')).toMatch(/<title>Image de 6 objets .* ligne \d, colonne \d/s);
    expect(await text('theme=dark')).toBe(await text('theme=light&utm_source=x'));

    const png = await worker.fetch(`${links.png}?width=400&theme=dark&locale=de`);
    const large = decode(await png.arrayBuffer());
    expect(large).toMatchObject({ width: 400, height: 400 });
    const exact = decode(await (await worker.fetch(links.png)).arrayBuffer());
    // The middles of cells have the same colours in both, but for shapes with an edge there.
    const colourAt = (image: typeof exact, side: number, cell: number) => {
      const [row, column] = [Math.floor(cell / 8), cell % 8];
      const pixel = Math.floor((row + 0.5) * side) * 8 * side + Math.floor((column + 0.5) * side);
      return [...image.data.slice(pixel * image.channels, pixel * image.channels + 3)];
    };
    const same = Array.from({ length: 64 }, (_, cell) => cell).filter((cell) => {
      const small = colourAt(exact, 16, cell);
      return colourAt(large, 50, cell).every((value, k) => Math.abs(value - (small[k] ?? NaN)) < 8);
    });
    expect(same.length).toBeGreaterThan(60);
    for (const [path, fault] of [
      [links.svg, 'theme=pink'],
      [links.png, 'width=10'],
      [links.svg, 'locale=xx'],
    ]) {
      expect((await worker.fetch(`${path}?${fault}`)).status).toBe(400);
    }
  });

  it.each(['nothing', 'test.text.context.indirect.n33.v40-40-32.z0.g6.s0.i0.q0', 'x.svg', '%00'])(
    'has no such name as %s',
    async (name) => {
      const problem = await readProblem(await worker.fetch(`/v1/queries/${name}`));
      expect(problem).toMatchObject({ status: 404, type: '/problems/unknown-query' });
    },
  );
});
