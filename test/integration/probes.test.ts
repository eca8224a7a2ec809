import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interventionSchema, sweepSchema } from '../../contract/interventions.ts';
import { ROOT } from '../support/paths.ts';
import { startWorker, type RunningWorker } from '../support/worker.ts';

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
    expect(layers[peakLayer].shares[mechanism].accuracy).toBeGreaterThan(0.9);
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
    expect(layers.map(({ outcome }) => outcome)).toEqual(['none', 'symbolic', 'reflexive']);
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
  it('is served whole, by section, side by side and as a picture', async () => {
    const get = async (path: string) => {
      const response = await worker.fetch(path);
      expect(response.status, path).toBe(200);
      return response.text();
    };
    expect(await get('/v1/models/text-only/probes')).toContain('"interchange"');
    const section = await get('/v1/models/image-text/probes?section=interchange');
    expect(section).toContain('"reading"');
    expect(section).not.toContain('"knockout"');
    expect(await get('/v1/probes/compare?models=text-only,image-text')).toContain('symbolic');
    expect(await get('/v1/models/image-text/probes/interchange.svg')).toMatch(/^<svg/);
  });

  it.each([
    ['/v1/models/nobody/probes', 404],
    ['/v1/models/text-only/probes?section=hats', 400],
    ['/v1/models/text-hops/probes?section=heads', 404],
    ['/v1/probes/compare', 400],
  ])('%s is refused', async (path, status) => {
    const response = await worker.fetch(path);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });
});
