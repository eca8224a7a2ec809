import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accuracyResponseSchema, shieldsSchema } from '../../contract/embeds.ts';
import { modelCardSchema } from '../../contract/card.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { read, readProblem, startWorker, type RunningWorker } from '../../harness/worker.ts';
import { elementAt } from '../../task/element-at.ts';

let worker: RunningWorker;
beforeAll(async () => void (worker = await startWorker()));
afterAll(() => worker.stop());

const svgAt = async (path: string) => {
  const response = await worker.fetch(path);
  expect(response.status, path).toBe(200);
  expect(response.headers.get('content-type')).toBe('image/svg+xml');
  return { svg: await response.text(), headers: response.headers };
};

describe('/v1/accuracy', () => {
  it('has what the cards have, in the order asked for', async () => {
    const both = `${FIXTURES.seeing},${FIXTURES.text}`;
    const answer = await read(
      await worker.fetch(`/v1/accuracy?models=${both}`),
      accuracyResponseSchema,
    );
    expect(answer.models.map(({ model }) => model)).toEqual([FIXTURES.seeing, FIXTURES.text]);
    for (const { model, digest, byObjects, ood } of answer.models) {
      const card = await read(await worker.fetch(`/v1/models/${model}`), modelCardSchema);
      const measured = elementAt(card.evaluation.results, 0);
      expect({ digest, byObjects, ood }).toEqual({
        digest: card.files.model.sha256,
        byObjects: measured.byObjects,
        ood: measured.ood,
      });
    }
  });

  it('has all that were measured so by default', async () => {
    const answer = async (query: string) =>
      read(await worker.fetch(`/v1/accuracy${query}`), accuracyResponseSchema);
    expect((await answer('')).models).toHaveLength(2);
    expect((await answer('?modality=image')).models).toEqual([]);
  });

  it.each([
    ['models=nobody', 404, 'unknown-model'],
    [`models=${FIXTURES.text}&modality=image`, 422, 'incompatible-model'],
    ['order=none', 400, 'invalid-request'],
    ['hats=1', 400, 'invalid-request'],
  ])('refuses %s', async (query, status, kind) => {
    const isTracker = query === 'hats=1';
    for (const path of ['/v1/accuracy', ...(isTracker ? [] : ['/v1/accuracy.svg'])]) {
      const problem = await readProblem(await worker.fetch(`${path}?${query}`));
      expect(problem).toMatchObject({ status, type: `/problems/${kind}` });
    }
  });
});

describe('figures', () => {
  const FIGURES = [
    '/v1/accuracy.svg',
    '/v1/probes/compare.svg',
    `/v1/models/${FIXTURES.text}/training.svg`,
    `/v1/models/${FIXTURES.text}/probes/interchange.svg`,
  ];

  it.each(FIGURES)('%s is light, dark, or as the reader prefers', async (path) => {
    const [light, dark, auto] = await Promise.all([
      svgAt(`${path}?theme=light`),
      svgAt(`${path}?theme=dark`),
      svgAt(`${path}?theme=auto`),
    ]);
    expect(light.svg).not.toBe(dark.svg);
    expect(light.svg + dark.svg).not.toContain('prefers-color-scheme');
    expect(auto.svg).toContain('prefers-color-scheme');
    expect((await svgAt(path)).svg).toBe(auto.svg);
    expect(await readProblem(await worker.fetch(`${path}?theme=pink`))).toMatchObject({
      status: 400,
    });
  });

  it.each(FIGURES)('%s keeps its style where it is opened by itself', async (path) => {
    const policy = (await svgAt(path)).headers.get('content-security-policy');
    expect(policy).toMatch(/default-src 'none'; style-src 'unsafe-inline'/);
    expect(policy).not.toContain('script-src');
  });

  it('say each accuracy with its interval and its counts', async () => {
    const { svg } = await svgAt(`/v1/accuracy.svg?models=${FIXTURES.seeing}`);
    // The made-up results of the fixture: 40 of 200.
    expect(svg).toContain('20.0\u00a0% [15.0, 26.1], 40 / 200');
    expect(svg).toContain(
      `${FIXTURES.seeing}, 12 objects: 20.0\u00a0% [13.3, 28.9], 20 of 100 correct`,
    );
  });

  it.each(FIGURES)('%s is laid out for a width, in three languages', async (path) => {
    const texts = new Set<string>();
    for (const locale of ['en', 'de', 'fr']) {
      const { svg } = await svgAt(`${path}?locale=${locale}&width=360`);
      expect(svg).toMatch(/^<svg [^>]*viewBox="0 0 360 \d+" width="360" height="\d+"/);
      texts.add(/<title[^>]*>([^<]+)/.exec(svg)?.[1] ?? '');
      // No text begins outside of the figure.
      for (const [, x] of svg.matchAll(/<text x="([\d.-]+)"/g)) {
        expect(Number(x)).toBeGreaterThanOrEqual(0);
        expect(Number(x)).toBeLessThanOrEqual(360);
      }
    }
    expect(texts.size).toBe(3);
    expect((await worker.fetch(`${path}?width=10`)).status).toBe(400);
    expect((await worker.fetch(`${path}?utm_source=x`)).status).toBe(200);
  });

  it('speak other languages', async () => {
    const { svg } = await svgAt(`/v1/accuracy.svg?models=${FIXTURES.seeing}&locale=de`);
    expect(svg).toContain('Genauigkeit auf Text');
    expect(svg).toContain('20,0\u00a0% [15,0; 26,1]');
    expect((await svgAt('/v1/probes/compare.svg?locale=fr')).svg).toContain(
      'selon la forme (symbolic)',
    );
  });

  it('of mechanisms leave out who was not probed, unless asked for', async () => {
    expect((await svgAt('/v1/probes/compare.svg')).svg).toContain(FIXTURES.text);
    const asked = await worker.fetch(`/v1/probes/compare.svg?models=${FIXTURES.seeing}`);
    expect(await readProblem(asked)).toMatchObject({ type: '/problems/probe-not-found' });
  });
});

describe('/badge', () => {
  it('is an SVG whose title has the interval and the counts', async () => {
    const { svg } = await svgAt(`/badge/${FIXTURES.seeing}.svg`);
    expect(svg).toContain(`>${FIXTURES.seeing}, beyond training<`);
    expect(svg).toContain('>20 % ± 7<');
    expect(svg).toContain('20.0\u00a0% [15.0, 26.1], 40 of 200 correct');
  });

  it('names one version, and speaks other languages', async () => {
    const { svg } = await svgAt(`/badge/${FIXTURES.seeing}@shipped.svg?locale=de&utm_source=x`);
    expect(svg).toContain(`>${FIXTURES.seeing}@shipped, mehr als im Training<`);
  });

  it('is what shields.io asks for', async () => {
    const badge = await read(
      await worker.fetch(`/badge/${FIXTURES.text}.json?range=id`),
      shieldsSchema.strict(),
    );
    expect(badge).toMatchObject({
      schemaVersion: 1,
      label: `${FIXTURES.text}, as in training`,
      message: '99 % ± 2',
    });
  });

  it.each([
    ['nobody.svg', 404],
    [FIXTURES.text, 400],
    [`${FIXTURES.text}@9.svg`, 404],
    [`${FIXTURES.text}.png`, 400],
    [`${FIXTURES.text}.svg?modality=image`, 422],
    [`${FIXTURES.text}.svg?range=all`, 400],
  ])('%s is refused', async (file, status) => {
    expect(await readProblem(await worker.fetch(`/badge/${file}`))).toMatchObject({ status });
  });
});
