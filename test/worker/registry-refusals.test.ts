import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploymentSchema } from '../../contract/deployment.ts';
import { REGISTRY_LIMITS, registryChangesSchema } from '../../contract/registry.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { readOnnx, writeOnnx } from '../../onnx/codec.ts';
import type { OnnxModel } from '../../onnx/model.ts';
import { PLAIN_BOMBS } from '../fixtures/onnx/bombs.ts';
import {
  changed,
  encode,
  graphWith,
  joined,
  part,
  publish,
  uploadOf,
  variantOf,
  write,
  type Upload,
} from '../../harness/submission.ts';
import {
  read,
  readProblem,
  startWorker,
  WITH_REGISTRY,
  WRITE_TOKEN,
  type RunningWorker,
} from '../../harness/worker.ts';

let worker: RunningWorker;
beforeAll(async () => void (worker = await startWorker(undefined, WITH_REGISTRY)));
afterAll(() => worker.stop());

const ID = FIXTURES.text;
const with_ = (name: string, bytes: Uint8Array<ArrayBuffer>) =>
  new Map(uploadOf(ID)).set(name, bytes);
const without = (name: string) => new Map([...uploadOf(ID)].filter(([known]) => known !== name));
const model = (change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>) =>
  changed(uploadOf(ID), 'model.onnx', change);

/** A weight that says it is in a file beside the model. */
const external = graphWith((graph) => {
  graph.writeMessage(
    5,
    (_: null, tensor) => {
      tensor.writeVarintField(2, 1);
      tensor.writeStringField(8, 'stolen');
      tensor.writeMessage(
        13,
        (__: null, entry) => {
          entry.writeStringField(1, 'location');
          entry.writeStringField(2, '../../etc/passwd');
        },
        null,
      );
      tensor.writeVarintField(14, 1);
    },
    null,
  );
});

const node = (op: string, domain = '') =>
  graphWith((graph) => {
    graph.writeMessage(
      1,
      (_: null, written) => {
        written.writeStringField(1, 'tokens');
        written.writeStringField(2, 'nowhere');
        written.writeStringField(4, op);
        if (domain) written.writeStringField(7, domain);
      },
      null,
    );
  });

/** An operator inside the branch of another one. */
const nested = graphWith((graph) => {
  graph.writeMessage(
    1,
    (_: null, written) => {
      written.writeStringField(4, 'Identity');
      written.writeMessage(
        5,
        (__: null, attribute) => {
          attribute.writeMessage(
            6,
            (___: null, branch) => {
              branch.writeMessage(
                1,
                (____: null, inner) => {
                  inner.writeStringField(4, 'Loop');
                },
                null,
              );
            },
            null,
          );
        },
        null,
      );
    },
    null,
  );
});

/** Puts a bomb into a model; its last three nodes would connect it to an input of its own. */
const adding =
  ({ graph: bomb }: OnnxModel) =>
  (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
    const known = readOnnx(bytes);
    const nodes = [...known.graph.nodes, ...bomb.nodes.slice(0, -3)];
    const initializers = [...known.graph.initializers, ...bomb.initializers];
    return writeOnnx({ ...known, graph: { ...known.graph, nodes, initializers } });
  };

const REFUSED: [string, () => Upload, string][] = [
  ['lacks its card', () => without('card.json'), 'card.json: is missing'],
  ['lacks its model', () => without('model.onnx'), 'model.onnx: is missing'],
  ['has a card that is no JSON', () => with_('card.json', encode('{')), 'card.json'],
  [
    'has a card of another schema',
    () => with_('card.json', encode('{"schema": 2}')),
    'card.json.kind',
  ],
  [
    'has another file than its card says',
    () => with_('model.onnx', part(variantOf(ID, 9), 'model.onnx')),
    'sha256',
  ],
  [
    'is cut off',
    () => with_('model.onnx', part(uploadOf(ID), 'model.onnx').slice(0, 5000)),
    'has 5000 bytes',
  ],
  [
    'is cut off, and the card says so',
    () => model((bytes) => bytes.slice(0, -5000)),
    'model.onnx: the file is cut off, or a length in it is wrong',
  ],
  ['is no model', () => model(() => encode('MZ…')), 'model.onnx: the file has no graph'],
  ['brings files nobody knows', () => with_('run.sh', encode('rm')), 'run.sh: is not a part'],
  [
    'brings an encoder of which its card does not know',
    () => with_('encoder.onnx', encode('x')),
    'not in the card',
  ],
  [
    'wants weights from elsewhere',
    () => model((bytes) => joined(bytes, external)),
    '../../etc/passwd',
  ],
  [
    'has an unknown operator',
    () => model((bytes) => joined(bytes, node('Evil'))),
    'model.onnx: Evil \\"nowhere\\" is of an operator whose work is not known',
  ],
  [
    'has an operator of another domain',
    () => model((bytes) => joined(bytes, node('Add', 'com.evil'))),
    'com.evil.Add',
  ],
  [
    'hides one in a branch',
    () => model((bytes) => joined(bytes, nested)),
    'makes a tensor whose size depends on values',
  ],
  [
    'cannot be run',
    () => model((bytes) => joined(bytes, node('Add'))),
    'ONNX Runtime rejects the model',
  ],
  [
    'is too large',
    () => with_('model.onnx', new Uint8Array(REGISTRY_LIMITS.modelBytes + 1)),
    'must have at most',
  ],
  [
    'has probes of another model',
    () => new Map(variantOf(ID, 9)).set('probes.json', part(uploadOf(ID), 'probes.json')),
    'probes.json.digest',
  ],
];

describe('what cannot be served is not published', () => {
  it.each(REFUSED)('a model that %s', async (_, upload, words) => {
    const problem = await readProblem(await publish(worker, ID, upload()));
    expect(problem).toMatchObject({ status: 422, type: '/problems/invalid-model' });
    expect(JSON.stringify(problem)).toContain(words);
    expect(JSON.stringify(problem)).not.toMatch(/stack|\.ts:/);
  });

  // All of them, and what each costs, are in the unit tier (onnx-bounds.test.ts).
  it.each(['a product of a column and a row', 'products one after another'])(
    '%s, with the node named and the server still answering',
    async (name) => {
      const [, node, bomb] = PLAIN_BOMBS[name] ?? [];
      if (!node || !bomb) throw new Error(`there is no bomb "${name}"`);
      const problem = await readProblem(await publish(worker, ID, model(adding(bomb()))));
      expect(problem).toMatchObject({ status: 422, type: '/problems/invalid-model' });
      expect(problem.detail).toContain(node);
      expect((await worker.fetch('/v2/health/live')).status).toBe(200);
    },
  );

  it('nor under another name', async () => {
    const problem = await readProblem(await publish(worker, 'somebody', uploadOf(ID)));
    expect(problem.detail).toContain(`is "${ID}", but the address says "somebody"`);
  });

  it('nor the same file with other files beside it', async () => {
    expect((await publish(worker, ID, variantOf(ID, 30))).status).toBe(201);
    const card = JSON.parse(
      new TextDecoder().decode(part(variantOf(ID, 30), 'card.json')),
    ) as object;
    const other = new Map(variantOf(ID, 30)).set(
      'card.json',
      encode(JSON.stringify({ ...card, seed: 77 })),
    );
    expect(await readProblem(await publish(worker, ID, other))).toMatchObject({ status: 409 });
  });

  it('and nothing of it stays behind', async () => {
    const { objects } = await (await worker.bucket()).list();
    expect(objects).toHaveLength(1 + 2);
    expect((await worker.fetch(`/v1/models/${ID}@1`)).status).toBe(200);
  });
});

describe('bad requests', () => {
  it.each([
    ['an alias that looks like a digest', 'PUT', `${ID}/aliases/abcdefabcdef`, { version: 1 }, 400],
    ['the alias of what was shipped', 'PUT', `${ID}/aliases/shipped`, { version: 1 }, 400],
    ['a version that is none', 'PUT', `${ID}/aliases/canary`, { version: 0 }, 400],
    ['a version that is not there', 'PUT', `${ID}/aliases/canary`, { version: 99 }, 404],
    ['an alias that is not there', 'DELETE', `${ID}/aliases/nobody`, undefined, 404],
    ['an alias as every object has', 'DELETE', `${ID}/aliases/constructor`, undefined, 404],
    ['a version by name', 'DELETE', `${ID}/versions/latest`, undefined, 400],
    ['an alias that points elsewhere', 'PUT', `${ID}/aliases/canary`, { version: 1, from: 7 }, 409],
    ['a body that is not a form', 'POST', `${ID}/versions`, {}, 415],
  ])('%s', async (_, method, path, body, status) => {
    expect(await readProblem(await write(worker, method, path, body))).toMatchObject({ status });
  });
});

describe('a client that may not write', () => {
  const attempts = (with_: RunningWorker, headers: Record<string, string>) => [
    publish(with_, ID, variantOf(ID, 40), '', headers),
    with_.fetch(`/v1/registry/${ID}/versions/1`, { method: 'DELETE', headers }),
    with_.fetch(`/v1/registry/${ID}/aliases/production`, { method: 'DELETE', headers }),
    with_.fetch(`/v1/registry/${ID}/aliases/production`, {
      method: 'PUT',
      headers: { ...headers, 'content-type': 'application/json' },
      body: '{"version": 1}',
    }),
  ];

  it.each([
    ['no token', {}],
    ['another token', { authorization: `Bearer ${WRITE_TOKEN}x` }],
    ['a part of it', { authorization: `Bearer ${WRITE_TOKEN.slice(1)}` }],
    ['an empty one', { authorization: 'Bearer ' }],
    ['another scheme', { authorization: `Basic ${WRITE_TOKEN}` }],
  ])('sends %s, and gets a challenge for a token', async (_, headers) => {
    for (const attempt of attempts(worker, headers)) {
      const response = await attempt;
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm=/);
      const problem = await readProblem(response);
      expect(problem).toMatchObject({ status: 401, type: '/problems/unauthorized' });
      expect(JSON.stringify(problem)).not.toContain(WRITE_TOKEN);
    }
  });

  describe('with a token of some scopes', () => {
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    const tokens = {
      ci: { token: 'publishes-only-token', scopes: ['publish'] },
      anna: { token: 'promotes-only-token', scopes: ['promote'] },
    };
    const start = (secret: string) =>
      startWorker(undefined, {
        r2Buckets: ['REGISTRY'],
        bindings: { WRITE_TOKENS: secret, WRITE_TOKEN },
      });

    it('can do what they allow, and gets the scope that is missing', async () => {
      const scoped = await start(JSON.stringify(tokens));
      const [ci, anna] = [bearer(tokens.ci.token), bearer(tokens.anna.token)];
      const refused = async (response: Response, scope: string, who: string) => {
        expect(response.headers.get('www-authenticate')).toBe(
          `Bearer realm="bindscope", error="insufficient_scope", scope="${scope}"`,
        );
        const problem = await readProblem(response);
        expect(problem).toMatchObject({ status: 403, type: '/problems/insufficient-scope' });
        expect(problem.detail).toContain(`needs the scope ${scope}; the token "${who}"`);
      };
      const model = variantOf(ID, 41);
      await refused(await publish(scoped, ID, model, '', anna), 'publish', 'anna');
      await refused(await publish(scoped, ID, model, '?alias=canary', ci), 'promote', 'ci');
      expect((await publish(scoped, ID, model, '', ci)).status).toBe(201);
      const promote = (headers: Record<string, string>) =>
        scoped.fetch(`/v1/registry/${ID}/aliases/production`, {
          method: 'PUT',
          headers: { ...headers, 'content-type': 'application/json' },
          body: '{"version": 1}',
        });
      await refused(await promote(ci), 'promote', 'ci');
      expect((await promote(anna)).status).toBe(200);
      const remove = { method: 'DELETE', headers: anna };
      await refused(await scoped.fetch(`/v1/registry/${ID}/versions/1`, remove), 'delete', 'anna');
      const run = await scoped.fetch('/v1/runs', { method: 'POST', headers: ci });
      await refused(run, 'save', 'ci');
      const response = await scoped.fetch(`/v1/registry/${ID}/changes`);
      const { changes } = await read(response, registryChangesSchema);
      expect(changes.map(({ who, action }) => [who, action])).toEqual([
        ['anna', 'promote'],
        ['ci', 'publish'],
      ]);
      // The single token keeps all scopes.
      const all = { method: 'DELETE', headers: bearer(WRITE_TOKEN) };
      expect((await scoped.fetch(`/v1/registry/${ID}/aliases/production`, all)).status).toBe(200);
      await scoped.stop();
    });

    it('cannot where the secret is invalid, and the log says why', async () => {
      const broken = await start('{"ci": {"token": "publishes-only-token"}}');
      for (const attempt of attempts(broken, bearer(WRITE_TOKEN))) {
        const problem = await readProblem(await attempt);
        expect(problem).toMatchObject({ status: 403, type: '/problems/writes-disabled' });
        expect(problem.detail).toContain('WRITE_TOKENS is invalid');
      }
      const logged = broken.logs.filter(({ message }) => message === 'configuration');
      expect(logged).toMatchObject([{ level: 'error' }]);
      expect(logged[0]?.['detail']).toContain('WRITE_TOKENS: ci.scopes');
      expect(JSON.stringify(broken.logs)).not.toContain('publishes-only-token');
      const deployment = await broken.fetch('/v1/deployment');
      expect((await read(deployment, deploymentSchema)).features.writes).toBe(false);
      await broken.stop();
    });
  });

  it('cannot, where no token is set, even with one', async () => {
    const closed = await startWorker(undefined, { r2Buckets: ['REGISTRY'] });
    for (const attempt of attempts(closed, { authorization: 'Bearer undefined' })) {
      expect(await readProblem(await attempt)).toMatchObject({
        status: 403,
        type: '/problems/writes-disabled',
      });
    }
    expect((await closed.fetch('/v1/registry')).status).toBe(200);
    await closed.stop();
  });

  it('gets 501 where there is no registry', async () => {
    const bare = await startWorker(undefined, { bindings: { WRITE_TOKEN } });
    for (const path of ['/v1/registry', `/v1/registry/${ID}`]) {
      expect(await readProblem(await bare.fetch(path))).toMatchObject({
        status: 501,
        type: '/problems/not-configured',
      });
    }
    expect((await publish(bare, ID, variantOf(ID, 40))).status).toBe(501);
    expect((await bare.fetch(`/v1/models/${ID}@shipped`)).status).toBe(200);
    await bare.stop();
  });
});
