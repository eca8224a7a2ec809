import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROBLEM_KINDS, PROBLEMS, problemType } from '../../contract/problems.ts';
import {
  exampleRequest,
  fetchDocument,
  operationsOf,
  ResponseChecker,
  type OpenApiDocument,
} from '../../harness/openapi.ts';
import { ROOT } from '../../build/paths.ts';
import { publish, uploadOf } from '../../harness/submission.ts';
import {
  readProblem,
  startWorker,
  WITH_HISTORY,
  WITH_REGISTRY,
  type RunningWorker,
} from '../../harness/worker.ts';

let worker: RunningWorker;
let document: OpenApiDocument;
beforeAll(async () => {
  // The examples name models that are shipped.
  const models = `${ROOT}models`;
  worker = await startWorker(models, { ...WITH_REGISTRY, ...WITH_HISTORY });
  await worker.migrate();
  expect((await publish(worker, 'text-only', uploadOf('text-only', models))).status).toBe(201);
  document = await fetchDocument(worker);
});
afterAll(() => worker.stop());

describe('/openapi.json', () => {
  it('names each operation once, and every tag', () => {
    const ids = operationsOf(document).map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = operationsOf(document).flatMap((operation) => operation.tags);
    expect(new Set(tags)).toEqual(new Set(document.tags.map(({ name }) => name)));
  });

  it('has no address that is an instance of another, which would take its methods', () => {
    const addresses = Object.keys(document.paths);
    const templates = addresses.filter((address) => address.includes('{'));
    expect(templates.length).toBeGreaterThan(10);
    for (const template of templates) {
      const form = new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/.]+')}$`);
      const instances = addresses.filter((other) => !other.includes('{') && form.test(other));
      expect({ template, instances }).toEqual({ template, instances: [] });
    }
  });

  it('states lengths of tuples and which lists do not repeat, and defines schemas before they are used', () => {
    const { components } = document;
    const score = components.schemas['Sweep']?.['properties'];
    expect(JSON.stringify(score)).toContain(
      '"interval":{"type":"array","description":"95 % Wilson score interval","items":{"type":"number"},"minItems":2,"maxItems":2}',
    );
    // Each schema comes after those that it refers to, which openapi-python-client needs.
    const names = Object.keys(components.schemas);
    for (const [index, name] of names.entries()) {
      const text = JSON.stringify(components.schemas[name]);
      const later = names.slice(index + 1).filter((other) => text.includes(`schemas/${other}"`));
      expect({ name, later }).toEqual({ name, later: [] });
    }
    // Not valid in OpenAPI 3.0, and without a length in 3.1.
    expect(JSON.stringify(document)).not.toContain('prefixItems');
    const lists = operationsOf(document)
      .flatMap(({ parameters }) => parameters)
      .filter(({ schema }) => schema['type'] === 'array');
    expect(lists.length).toBeGreaterThan(8);
    for (const { name, schema } of lists) {
      expect({ name, uniqueItems: schema['uniqueItems'] }).toEqual({ name, uniqueItems: true });
    }
  });

  it('has examples that run and are answered as documented', async () => {
    const checker = new ResponseChecker(document);
    // Those that write have tests of their own, and so has what is only there once it was written.
    const runnable = operationsOf(document).filter(
      ({ security, operationId, path }) =>
        !security &&
        operationId !== 'getRun' &&
        !/\/(evaluations|watches)|^\/embed\/status$/.test(path),
    );
    expect(runnable.length).toBeGreaterThan(30);
    for (const operation of runnable) {
      const { path, init } = exampleRequest(document, operation);
      const response = await worker.fetch(path, init);
      expect({ path, status: response.status }).toEqual({ path, status: 200 });
      expect({ path, faults: await checker.faults(operation, response) }).toEqual({
        path,
        faults: [],
      });
    }
  });
});

describe('the type of a problem', () => {
  it('leads from an error to the page of its kind', async () => {
    const problem = await readProblem(await worker.fetch('/v1/models/nobody'));
    const page = await worker.fetch(problem.type);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain(PROBLEMS['unknown-model'].title);
  });

  it.each(PROBLEM_KINDS)('%s is explained, and listed', async (kind) => {
    const page = await worker.fetch(problemType(kind));
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    expect(await page.text()).toContain(String(PROBLEMS[kind].status));
    expect(await (await worker.fetch('/problems')).text()).toContain(problemType(kind));
  });

  it('has no page for kinds there are not', async () => {
    const problem = await readProblem(await worker.fetch('/problems/toString'));
    expect(problem).toMatchObject({ status: 404, type: '/problems/not-found' });
    expect(problem.detail).toContain('/problems lists all');
  });
});

describe('the API reference', () => {
  let own: RunningWorker;
  beforeAll(async () => void (own = await startWorker()));
  afterAll(() => own.stop());

  it('asks nothing of other sites and allows no script in the page', async () => {
    const response = await own.fetch('/reference');
    const page = await response.text();
    const others = page.replaceAll(own.url.origin, '');
    // Links may lead to other sites, but nothing loads from them.
    expect(others).not.toMatch(/(?:src="|<link [^>]*href=")https?:|<script>|style="/);
    expect(response.headers.get('content-security-policy')).toMatch(
      /script-src 'self' 'wasm-unsafe-eval';/,
    );
    expect(response.headers.get('content-security-policy')).not.toMatch(/'unsafe-/);
    const files = Array.from(page.matchAll(/(?:src|href)="(\/site\/[^"]*)"/g), ([, at = '']) => at);
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) expect((await own.fetch(file)).status, file).toBe(200);
  });

  it('has every operation with its parameters, and types of its answers', async () => {
    const page = await (await own.fetch('/reference')).text();
    for (const { operationId, parameters, requestBody } of operationsOf(document)) {
      const start = page.indexOf(`id="${operationId}"`);
      expect(start, operationId).toBeGreaterThan(0);
      const shown = page.slice(start, page.indexOf('class="operation"', start));
      for (const { name } of parameters) expect(shown).toContain(`id="${operationId}-${name}"`);
      if (requestBody?.content['application/json']) expect(shown).toContain('<textarea');
    }
    expect(page).toContain('accuracy: number;');
    expect(page).not.toContain('unknown;');
  });
});
