import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIXTURES_DIRECTORY } from '../../build/paths.ts';
import {
  documentPlanSchema,
  documentResponseSchema,
  documentResultSchema,
  documentSweepSchema,
} from '../../contract/intervention-results.ts';
import { interventionSchema, sweepSchema } from '../../contract/interventions.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { read, readProblem, startWorker, type RunningWorker } from '../../harness/worker.ts';
import { bindscope } from '../support/cli.ts';

let worker: RunningWorker;
const folder = mkdtempSync(join(tmpdir(), 'bindscope-documents-'));
beforeAll(async () => void (worker = await startWorker()));
afterAll(async () => {
  await worker.stop();
  rmSync(folder, { recursive: true });
});

const post = (document: unknown) => worker.post('/v1/interventions', document);

/** Runs a document in the command line, on the files that the worker serves. */
async function onFiles(document: unknown, ...options: readonly string[]) {
  const file = join(folder, 'document.json');
  writeFileSync(file, JSON.stringify(document));
  const { code, out, err } = await bindscope([
    ...['intervene', file, '--models-dir', FIXTURES_DIRECTORY, '--runtime', 'wasm', '--json'],
    ...options,
  ]);
  return {
    code,
    err,
    answer: out === '' ? undefined : documentResponseSchema.parse(JSON.parse(out)),
  };
}

const name = (index: number, modality = 'text') =>
  `test.${modality}.context.indirect.n6.v40-40-32.z0.g6.s0.i${index}.q0`;

/** Every operation, kind of site and source. */
const EVERYTHING = {
  model: FIXTURES.text,
  original: name(0),
  counterfactual: name(1),
  set: [name(2), name(3), name(4)],
  runs: [
    {
      name: 'sender',
      writes: [
        {
          op: 'replace',
          at: { layer: 0, head: 1, tokens: 'association-item' },
          from: 'counterfactual',
        },
      ],
    },
    {
      name: 'receiver',
      writes: [
        { op: 'replace', at: { layer: 1, tokens: [3, 11] }, from: 'sender' },
        { op: 'scale', at: { layer: 1, head: 0 }, factor: 0.5 },
        {
          op: 'add',
          at: { layer: 2 },
          from: 'set',
          factor: -0.25,
          read: { layer: 1, tokens: { role: 'shape', object: 'asked' } },
        },
      ],
    },
    { name: 'ablated', writes: [{ op: 'zero', at: { layer: 0, head: 1, tokens: 'shape' } }] },
  ],
  metrics: [{ probability: 'unchanged' }, { logitDifference: ['reflexive', 'anchor'] }],
};

describe('an intervention document', () => {
  it('gives the same numbers over HTTP and on files', async () => {
    const served = await read(await post(EVERYTHING), documentResultSchema);
    expect(served.runs.map((run) => run.name)).toEqual(['sender', 'receiver', 'ablated']);
    for (const { maxLogitDelta } of served.runs) expect(maxLogitDelta).toBeGreaterThan(1e-4);
    expect((await onFiles(EVERYTHING)).answer).toEqual(served);

    // The digest of the answer pins the file.
    const model = `${FIXTURES.text}@${served.digest.slice(0, 12)}`;
    const pinned = await read(await post({ ...EVERYTHING, model }), documentResultSchema);
    expect(pinned).toEqual({ ...served, model });
    const other = await post({ ...EVERYTHING, model: `${FIXTURES.text}@000000000000` });
    expect((await readProblem(other)).status).toBe(404);
  });

  it.each([
    [FIXTURES.text, 'text'],
    [FIXTURES.seeing, 'image'],
  ])('changes no logit of %s in the identity control', async (model, modality) => {
    const original = name(5, modality);
    const role = modality === 'text' ? 'colour' : 'patch';
    const sites = [
      ...[0, 1, 2].flatMap((layer) => [{ layer }, { layer, tokens: role }]),
      { layer: 1, head: 1, tokens: 'association-shape' },
    ];
    const identity = {
      model,
      original,
      counterfactual: original,
      runs: [
        {
          name: 'replaced',
          writes: sites.map((at) => ({ op: 'replace', at, from: 'counterfactual' })),
        },
        { name: 'scaled', writes: sites.map((at) => ({ op: 'scale', at, factor: 1 })) },
      ],
      metrics: [{ probability: 'reflexive' }],
    };
    const {
      original: clean,
      counterfactual,
      runs,
    } = await read(await post(identity), documentResultSchema);
    expect(counterfactual).toEqual(clean);
    for (const { answer, metrics, maxLogitDelta } of runs) {
      expect({ answer, metrics, maxLogitDelta }).toEqual({
        answer: clean.answer,
        metrics: clean.metrics,
        maxLogitDelta: 0,
      });
    }
  });

  it('agrees with the sweep of all layers', async () => {
    const sweep = { objects: 6, pairs: 40, seed: 2 };
    const body = { model: FIXTURES.text, sweep };
    const layers = [0, 1, 2];
    const runs = layers.map((layer) => ({
      name: `layer-${layer}`,
      writes: [{ op: 'replace', at: { layer }, from: 'counterfactual' }],
    }));
    const document = { ...body, runs, metrics: [{ probability: 'reflexive' }] };
    const found = await read(await post(document), documentSweepSchema);
    const wanted = await read(await post(body), sweepSchema);
    expect(found.solved).toBe(wanted.solved);
    expect(found.runs.map(({ outcomes }) => outcomes)).toEqual(
      wanted.layers.map(({ shares }) => shares),
    );
    expect((await onFiles(document)).answer).toEqual(found);
  });

  it('explains itself without running', async () => {
    const plan = await read(await post({ ...EVERYTHING, explain: true }), documentPlanSchema);
    expect(plan.passes.map(({ run, prompts }) => [run, prompts])).toEqual([
      ['original', 1],
      ['counterfactual', 1],
      ['set', 3],
      ['sender', 1],
      // The scaled head and the stream after it, each as the earlier writes have made them.
      ['receiver', 1],
      ['receiver', 1],
      ['receiver', 1],
      ['ablated', 1],
    ]);
    expect(plan.passes[3]?.writes).toEqual([
      { path: 'runs.0.writes.0', tokens: [14, 16, 18, 20, 22, 24] },
    ]);
    const { multiplyAdds } = await read(await post(EVERYTHING), documentResultSchema);
    expect(plan).toMatchObject({ multiplyAdds, withinLimit: true });
    expect((await onFiles(EVERYTHING, '--explain')).answer).toEqual(plan);

    const runs = Array.from({ length: 64 }, (_, index) => ({
      ...EVERYTHING.runs[2],
      name: `run-${index}`,
    }));
    const large = { model: FIXTURES.text, sweep: { objects: 32, pairs: 128 }, runs };
    expect((await readProblem(await post(large))).status).toBe(422);
    const costly = await read(await post({ ...large, explain: true }), documentPlanSchema);
    expect(costly.withinLimit).toBe(false);
  });

  const at = (site: object) => ({
    runs: [{ name: 'a', writes: [{ op: 'zero', at: site }] }],
  });
  it.each([
    ['a layer that is not there', at({ layer: 3 }), 'runs.0.writes.0.at.layer', 'from 0 to 2'],
    ['a head that is not there', at({ layer: 2, head: 0 }), 'runs.0.writes.0.at.head', 'heads 0'],
    [
      'a token that is not there',
      at({ layer: 0, tokens: [99] }),
      'runs.0.writes.0.at.tokens',
      '99',
    ],
    [
      'a role that is not there',
      at({ layer: 0, tokens: 'patch' }),
      'runs.0.writes.0.at.tokens',
      'its roles are colour, shape',
    ],
    [
      'a write that undoes another',
      {
        runs: [
          {
            name: 'a',
            writes: [
              { op: 'zero', at: { layer: 1, tokens: 'asked' } },
              { op: 'replace', at: { layer: 1, tokens: [26] }, from: 'set' },
            ],
          },
        ],
      },
      'runs.0.writes.1.at',
      'token 26',
    ],
    [
      'sites of other sizes',
      {
        runs: [
          {
            name: 'a',
            writes: [
              {
                op: 'replace',
                at: { layer: 1 },
                from: 'set',
                read: { layer: 1, tokens: 'colour' },
              },
            ],
          },
        ],
      },
      'runs.0.writes.0.read.tokens',
      'read has 6 tokens, but at has 1',
    ],
    [
      'an unknown candidate',
      { metrics: [{ logitDifference: ['unchanged', 'nothing'] }] },
      'metrics.0.logitDifference.1',
      '"nothing" is neither',
    ],
    ['a set of another kind', { set: [name(2, 'image')] }, 'set.0', 'same modality'],
    ['a name that is none', { counterfactual: 'nothing' }, 'counterfactual', '"nothing"'],
    [
      'an unknown operation',
      { runs: [{ name: 'a', writes: [{ op: 'x' }] }] },
      'runs.0.writes.0.op',
      'op must be',
    ],
  ])('with %s is refused with its path', async (_, part, path, reason) => {
    const document = { ...EVERYTHING, ...part };
    const problem = await readProblem(await post(document));
    expect(problem).toMatchObject({ status: 400, type: '/problems/invalid-request' });
    expect(problem.errors?.[0]?.at).toBe(`body.${path}`);
    expect(problem.detail).toContain(reason);
    const { code, err } = await onFiles(document);
    expect(code).toBe(2);
    expect(err).toContain(`document.json: ${path}: `);
  });
});

describe('an intervention on a pair', () => {
  const body = { model: FIXTURES.text, original: name(0), counterfactual: name(0) };

  it.each([
    ['several tokens', { positions: [3, 26] }],
    // Patches at the last token share one row.
    ['the last token', {}],
  ])('may be the identity control, at %s', async (_, at) => {
    const heads = [{ layer: 1, head: 0 }];
    const found = await read(
      await post({ ...body, layers: [0, 1, 2], heads, ...at }),
      interventionSchema,
    );
    expect([found.layers.length, found.heads.length]).toEqual([3, 1]);
    for (const { maxLogitDelta, outcome } of [...found.layers, ...found.heads]) {
      expect(maxLogitDelta).toBe(0);
      // No mechanism predicts another answer than the original's; an untrained model gives neither.
      expect(['unchanged', 'other']).toContain(outcome);
    }
  });

  it('takes its positions as a set', async () => {
    const problem = await readProblem(await post({ ...body, positions: [3, 26, 3] }));
    expect(problem.errors).toEqual([
      { at: 'body.positions.2', detail: 'positions are a set, but 3 repeats' },
    ]);
  });
});
