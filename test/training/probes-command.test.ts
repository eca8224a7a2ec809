import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { probesSchema, type Probes } from '../../contract/probes.ts';
import { runProbe } from '../../trainer/commands/probe.ts';
import { writeResults } from '../../reports/write-results.ts';
import { ENGINES } from '../../trainer/engines/index.ts';
import { train } from '../../trainer/train.ts';
import { TINY_RECIPE } from '../support/training.ts';
import { elementAt } from '../../task/element-at.ts';
import { SHIPPED_MODELS } from '../support/shipped.ts';

const shipped = new URL('../../models/', import.meta.url).pathname;
const id = elementAt(SHIPPED_MODELS, 0);

describe('the probe command', () => {
  const models = mkdtempSync(join(tmpdir(), 'bindscope-probes-'));
  const file = join(models, id, 'probes.json');
  const read = (): Probes => probesSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const interchange = { models, pairs: 4, section: 'interchange' } as const;

  beforeAll(async () => {
    for (const name of ['card.json', 'model.onnx']) {
      cpSync(join(shipped, id, name), join(models, id, name), { recursive: true });
    }
    writeFileSync(join(models, 'index.json'), JSON.stringify({ schema: 1, models: [id] }));
    await runProbe(id, interchange);
  });
  afterEach(() => {
    log.mockClear();
  });
  afterAll(() => {
    log.mockRestore();
    rmSync(models, { recursive: true });
  });

  it('writes a section that names its seed, its counts and its code', () => {
    const { interchange: found = [], code, tokens } = read();
    expect(found[0]).toMatchObject({ modality: 'text', order: 'context', objects: 8, pairs: 4 });
    expect(Object.keys(code)).toEqual(['interchange']);
    expect(tokens).toBeUndefined();
  });

  it('skips what is there, measures the rest, and starts over for another model', async () => {
    const before = readFileSync(file, 'utf8');
    await runProbe(id, { ...interchange, pairs: 5 });
    expect(readFileSync(file, 'utf8')).toBe(before);

    await runProbe(id, { ...interchange, section: 'tokens' });
    expect(read().interchange?.[0]?.pairs).toBe(4);
    expect(read().tokens?.[0]?.pairs).toBe(1);

    await runProbe(id, { ...interchange, pairs: 5, force: true });
    expect(read().interchange?.[0]?.pairs).toBe(5);

    writeFileSync(file, JSON.stringify({ ...read(), digest: '0'.repeat(64) }));
    await runProbe(id, interchange);
    expect(read().interchange?.[0]?.pairs).toBe(4);
    expect(read().tokens).toBeUndefined();
  });

  it("probes a run's checkpoints, and writes beside them", async () => {
    const run = join(models, 'run');
    await train({
      recipe: TINY_RECIPE,
      seed: 3,
      directory: run,
      provenance: { command: 'test', commit: 'test', engine: 'ort' },
      engine: ENGINES.ort,
      engineOptions: {},
    });
    await runProbe(undefined, { ...interchange, run, checkpoint: 'one' });
    await runProbe(undefined, { ...interchange, run });
    const found = ['one', 'two', 'checkpoint'].map((name) => join(run, `${name}.probes.json`));
    expect(found.map((path) => existsSync(path))).toEqual([true, false, true]);
    const [one, , last] = found.map((path) =>
      existsSync(path) ? probesSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) : undefined,
    );
    expect([one?.model, last?.model]).toEqual(['tiny-one', 'tiny']);
    expect(one?.digest).not.toBe(last?.digest);
    expect(one?.interchange?.[0]?.pairs).toBe(4);

    await expect(runProbe(undefined, { ...interchange, run, checkpoint: 'three' })).rejects.toThrow(
      /there is no checkpoint at .*three\.safetensors/,
    );
    for (const [named, options] of [
      [id, { ...interchange, run }],
      [undefined, interchange],
      [id, { ...interchange, checkpoint: 'one' }],
    ] as const) {
      await expect(runProbe(named, options)).rejects.toThrow(
        /give either the id of an exported model, or --run/,
      );
    }
  });

  it('names a model that is not there', async () => {
    await expect(runProbe('nobody', interchange)).rejects.toThrow(/no model nobody/);
  });

  it('says what to do where a model left nothing but its figures', async () => {
    const card = join(models, 'figures', 'card.json');
    cpSync(join(models, id, 'card.json'), card, { recursive: true });
    await expect(runProbe('figures', interchange)).rejects.toThrow(
      /there is no file .*figures\/model\.onnx; export the model's run again/,
    );
    rmSync(join(models, 'figures'), { recursive: true });
  });

  it('feeds the documents of results', async () => {
    const docs = join(models, 'docs');
    const readme = join(models, 'readme.md');
    const places = ['models', 'binding'].map(
      (name) => `<!-- results: ${name} -->\n\n<!-- /results -->`,
    );
    writeFileSync(readme, `before\n\n${places.join('\n\n')}\n\nafter\n`);
    const summary = join(docs, 'summary.json');
    await writeResults({ models, results: join(models, 'none'), docs, summary, fill: [readme] });
    const list = readFileSync(join(docs, 'results/README.md'), 'utf8');
    const document = readFileSync(join(docs, 'results.md'), 'utf8');
    expect(list).toContain(`[${id}](${id}.md)`);
    const page = readFileSync(join(docs, 'results', `${id}.md`), 'utf8');
    expect(page).toContain('## Interchange at the query');
    expect(page).not.toContain('## Linear probes');
    const figures = Array.from(document.matchAll(/\]\((figures\/.+?)\)/g), ([, file = '']) => file);
    expect(figures.length).toBeGreaterThan(0);
    for (const file of figures) {
      expect(readFileSync(join(docs, file), 'utf8')).toContain(`>${id}`);
    }
    const filled = readFileSync(readme, 'utf8');
    expect(filled.match(new RegExp(`\\| \`${id}\` `, 'g'))).toHaveLength(2);
    expect(filled).toMatch(/^before\n[^]+\nafter\n$/);
  });
});
