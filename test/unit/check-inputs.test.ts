import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { tolerancesSchema, type Plan } from '../../contract/baseline.ts';
import { modelCardSchema, type ModelCard } from '../../contract/card.ts';
import { factsOf, type Deployment } from '../../services/checks/deployment.ts';
import { codeVersion } from '../../cli/code-version.ts';
import { modelsToRecord, newTarget, record } from '../../services/checks/record.ts';
import { ROOT } from '../../build/paths.ts';
import { bindscope } from '../support/cli.ts';

const scratch = mkdtempSync(join(tmpdir(), 'bindscope-inputs-'));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

const shipped: unknown = JSON.parse(readFileSync(join(ROOT, 'models/text-only/card.json'), 'utf8'));

describe('a folder of models with faults', () => {
  const write = (path: string, content: unknown) => {
    mkdirSync(join(scratch, path, '..'), { recursive: true });
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(join(scratch, path), text);
  };
  const card = (id: string, changes: object) => {
    write(`${id}/card.json`, { ...modelCardSchema.parse(shipped), id, ...changes });
  };

  it('has every fault of every card in one line, with file and path', async () => {
    write('index.json', { schema: 1, models: ['a', 'b', 'c', 'd'] });
    card('a', { seed: '0', parameters: -1 });
    card('b', {});
    write('c/card.json', '{');
    const { code, out, err } = await bindscope(['baseline', '--models-dir', scratch]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    const faults = err
      .trimEnd()
      .replace(/^error: /, '')
      .split('; ');
    expect(faults).toEqual([
      expect.stringMatching(/\/a\/card\.json is invalid: seed: Invalid input: expected number/),
      expect.stringMatching(/^parameters: Too small: expected number to be >=1/),
      expect.stringMatching(/\/c\/card\.json is not JSON: /),
      `${join(scratch, 'd/card.json')}: there is no such file`,
    ]);
  });

  it('is not published, for all reasons', async () => {
    card('a', { seed: '0', parameters: -1 });
    const url = ['--url', 'http://127.0.0.1:9'];
    const missing = await bindscope(['publish', join(scratch, 'e'), ...url]);
    expect(missing.err).toBe(
      `error: cannot read ${join(scratch, 'e/card.json')}: there is no such file; ` +
        `cannot read ${join(scratch, 'e/model.onnx')}: there is no such file\n`,
    );
    write('a/model.onnx', 'x');
    write('c/model.onnx', 'x');
    const faulty = await bindscope(['publish', join(scratch, 'a'), ...url]);
    expect(faulty.err).toMatch(
      /a\/card\.json is not the card of a model: seed: Invalid .*; parameters: Too small/,
    );
    expect((await bindscope(['publish', join(scratch, 'c'), ...url])).err).toMatch(
      /c\/card\.json is not JSON: /,
    );
  });
});

describe('a deployment', () => {
  const plan: Plan = {
    ...{ split: 'test', seed: 0, objects: [3, 9], queries: 4 },
    ...{ questionsPerScene: 1, pairs: 0, requests: 1 },
  };
  /** Answers `apple`, and from some request on `pear`. */
  function deployment(changesAt: Readonly<Record<string, number>>): Deployment {
    const requests = new Map<string, number>();
    const token = (name: string) => ({ token: 1, kind: 'item' as const, name });
    return {
      source: 'http://made.test',
      ids: () => Promise.resolve(Object.keys(changesAt)),
      card: (id) => Promise.resolve({ ...modelCardSchema.parse(shipped), id } as ModelCard),
      facts: () => Promise.resolve(factsOf(modelCardSchema.parse(shipped))),
      predict: (model, queries) => {
        const request = (requests.get(model) ?? 0) + 1;
        requests.set(model, request);
        const name = request >= (changesAt[model] ?? Infinity) ? 'pear' : 'apple';
        const answer = { ...token(name), probability: 1 };
        return Promise.resolve({
          results: queries.map((query) => ({
            query: { name: query, text: query, asked: token('red'), answer: token('apple') },
            answers: [{ model, answer, correct: name === 'apple', top: [] }],
          })),
        });
      },
      sweep: () => Promise.reject(new Error('not asked for')),
      intervene: () => Promise.reject(new Error('not asked for')),
    };
  }
  const recordAll = async (target: Deployment) => {
    const ids = await target.ids();
    const targets = await Promise.all(ids.map((id) => newTarget(target, id)));
    const code = codeVersion();
    return record(target, plan, tolerancesSchema.parse({}), targets, { code });
  };

  it('that answers a query in two ways cannot be recorded, and each such model is named', async () => {
    await expect(recordAll(deployment({ a: 2, b: Infinity, c: 2 }))).rejects.toThrow(
      /^the answers of http:\/\/made\.test are not deterministic, .*: "a" answered test\.text\.context\.indirect\.n9\.\S+ with "apple", then with "pear"; "c" answered /,
    );
    const { figures, secondsOf } = await recordAll(deployment({ a: Infinity, b: Infinity }));
    expect(figures.models.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(figures.code?.version).toMatch(/^\d+\.\d+\.\d+$/);
    const test = { model: 'a', modality: 'text', order: 'context', metric: 'ood' } as const;
    expect(secondsOf({ ...test, objects: null })).toBe(0);
  });

  it('without models has nothing to record', async () => {
    await expect(modelsToRecord(deployment({}), undefined)).rejects.toThrow(
      'http://made.test has no models',
    );
  });
});
