import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interventionSchema, sweepSchema } from '../../contract/interventions.ts';
import { compareProbesResponseSchema, probesResponseSchema } from '../../contract/probe-results.ts';
import { PROBE_SECTIONS } from '../../contract/probes.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { ROOT } from '../../build/paths.ts';
import { read, readProblem, startWorker, type RunningWorker } from '../../harness/worker.ts';

/** The shipped models, probed in workerd over HTTP. */
let worker: RunningWorker;
beforeAll(async () => {
  worker = await startWorker(join(ROOT, 'models'));
});
afterAll(() => worker.stop());

const intervene = (body: unknown) =>
  worker.fetch('/v1/interventions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('POST /v1/interventions', () => {
  it.each([
    ['text-only', 'positional'],
    ['image-text', 'symbolic'],
  ] as const)('sweeps %s and finds it %s', async (model, mechanism) => {
    const request = { model, sweep: { objects: 8, seed: 5, pairs: 32 } };
    const response = await intervene(request);
    expect(response.status).toBe(200);
    const body = await response.text();
    const { layers, peakLayer, solved } = sweepSchema.parse(JSON.parse(body));
    expect(solved).toBeGreaterThanOrEqual(30);
    expect(layers[peakLayer]?.shares[mechanism].accuracy).toBeGreaterThan(0.9);
    expect(await (await intervene(request)).text()).toBe(body);
  });

  it('patches one pair, layer by layer', async () => {
    const response = await intervene({
      model: 'image-text',
      pair: { objects: 8, seed: 0, index: 3 },
      layers: [0, 4, 8],
    });
    expect(response.status).toBe(200);
    const { layers, solved } = interventionSchema.parse(await response.json());
    expect(solved).toBe(true);
    // The embedding of the same asked colour carries nothing, layer 4 the shape, and after all layers
    // the answer itself stands there.
    expect(layers.map(({ outcome }) => outcome)).toEqual(['unchanged', 'symbolic', 'reflexive']);
  });

  it.each([
    [{ model: 'nobody', sweep: { objects: 8, pairs: 4 } }, 404],
    [{ model: 'text-only', sweep: { objects: 3, pairs: 4 } }, 400],
    [{ model: 'text-only', sweep: { objects: 8, pairs: 100_000 } }, 400],
    [{ model: 'text-only', sweep: { objects: 8, pairs: 4, modality: 'image' } }, 422],
    [{ model: 'text-only' }, 400],
  ])('refuses %j', async (body, status) => {
    const response = await intervene(body);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });
});

describe('what was probed before', () => {
  const get = async (path: string, init?: RequestInit) => {
    const response = await worker.fetch(path, init);
    expect(response.status, path).toBe(200);
    const type = response.headers.get('content-type');
    const body = await response.text();
    // The same request, the same bytes.
    expect(await (await worker.fetch(path, init)).text(), path).toBe(body);
    return { type, body };
  };

  it.each(['text-only', 'image-text'])(
    'of %s is served whole, by section and as pictures',
    async (id) => {
      const path = `/v1/models/${id}/probes`;
      const whole = probesResponseSchema.parse(JSON.parse((await get(path)).body));
      const sections = PROBE_SECTIONS.filter((section) => whole[section]);
      expect(sections).toContain('interchange');
      for (const section of sections) {
        const { body } = await get(`${path}?section=${section}`);
        const one = probesResponseSchema.parse(JSON.parse(body));
        expect(PROBE_SECTIONS.filter((other) => one[other])).toEqual([section]);
        expect(whole.summary).toContain(one.summary);

        const plot = await get(`${path}/${section}.svg`);
        expect(plot.type).toBe('image/svg+xml');
        expect(plot.body).toMatch(/^<svg .*<\/svg>$/s);
        const entries = whole[section]?.length ?? 0;
        expect(plot.body.match(/class="panel"/g)?.length).toBeGreaterThanOrEqual(entries);
        const accept = { headers: { accept: 'image/svg+xml' } };
        expect((await get(`${path}?section=${section}`, accept)).body).toBe(plot.body);
      }
    },
  );

  it('stands side by side', async () => {
    const { body } = await get('/v1/probes/compare?models=text-only,image-text');
    const { conditions, summary } = compareProbesResponseSchema.parse(JSON.parse(body));
    expect(conditions[0]?.models.map(({ model }) => model)).toEqual(['text-only', 'image-text']);
    for (const { ratioAtPeak } of conditions[0]?.models ?? []) {
      expect(ratioAtPeak.interval[0]).toBeLessThanOrEqual(ratioAtPeak.ratio);
    }
    expect(summary).toContain('symbolic');
  });

  it.each([
    ['/v1/models/nobody/probes', 404],
    ['/v1/models/text-only/probes?section=hats', 400],
    ['/v1/models/text-only/probes/hats.svg', 400],
    ['/v1/probes/compare', 400],
  ])('%s is refused', async (path, status) => {
    const response = await worker.fetch(path);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });
});

describe('what was not probed', () => {
  let fixtures: RunningWorker;
  beforeAll(async () => void (fixtures = await startWorker()));
  afterAll(() => fixtures.stop());

  it('is missing from what was, and is no plot', async () => {
    const path = `/v1/models/${FIXTURES.text}/probes`;
    const found = await read(await fixtures.fetch(path), probesResponseSchema);
    expect(PROBE_SECTIONS.filter((section) => found[section])).toEqual(['interchange']);
    expect((await fixtures.fetch(`${path}/interchange.svg`)).status).toBe(200);
    for (const missing of [
      `${path}?section=heads`,
      `${path}/heads.svg`,
      `/v1/models/${FIXTURES.seeing}/probes`,
      `/v1/models/${FIXTURES.seeing}/probes/interchange.svg`,
      `/v1/probes/compare?models=${FIXTURES.text},${FIXTURES.seeing}`,
    ]) {
      const problem = await readProblem(await fixtures.fetch(missing));
      expect(problem).toMatchObject({ status: 404, type: '/problems/probe-not-found' });
    }
  });
});
