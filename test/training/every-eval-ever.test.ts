import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validator, type Schema } from '@cfworker/json-schema';
import { afterAll, expect, it } from 'vitest';
import { z } from 'zod';
import { ROOT } from '../../build/paths.ts';
import { bindscope } from '../support/cli.ts';
import { startEndpoint } from '../support/english-model.ts';
import { shippedCard } from '../support/shipped.ts';

/** Records of Every Eval Ever, against its own schemas. */

const scratch = mkdtempSync(join(tmpdir(), 'bindscope-records-'));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

const validator = (name: string) => {
  const text = readFileSync(join(ROOT, 'test/fixtures/every-eval-ever', name), 'utf8');
  return new Validator(JSON.parse(text) as Schema, '7', false);
};
const aggregates = validator('eval.schema.json');
const samples = validator('instance_level_eval.schema.json');

const scoreSchema = z.object({
  score: z.number(),
  details: z.record(z.string(), z.string()),
  uncertainty: z.object({ num_samples: z.number() }),
});
const aggregateSchema = z.object({
  evaluation_id: z.string(),
  model_info: z.object({ additional_details: z.record(z.string(), z.string()) }),
  evaluation_results: z.array(
    z.object({ evaluation_result_id: z.string(), score_details: scoreSchema }),
  ),
  detailed_evaluation_results: z.object({ file_path: z.string(), checksum: z.string() }).optional(),
});
type Aggregate = z.infer<typeof aggregateSchema>;
const lineSchema = z.object({
  evaluation_id: z.string(),
  evaluation_result_id: z.string(),
  input: z.object({ reference: z.array(z.string()) }),
  output: z.object({ raw: z.array(z.string()) }),
  answer_attribution: z.tuple([z.object({ extracted_value: z.string() })]),
  evaluation: z.object({ is_correct: z.boolean() }),
});

/** The aggregates of a model, valid by their schema, oldest first. */
function readAggregates(folder: string, model: string): Aggregate[] {
  const path = join(folder, 'data/bindscope', model);
  return readdirSync(path)
    .filter((file) => file.endsWith('.json'))
    .map((name) => {
      const content: unknown = JSON.parse(readFileSync(join(path, name), 'utf8'));
      expect(aggregates.validate(content).errors).toEqual([]);
      return aggregateSchema.parse(content);
    })
    .sort((a, b) => (a.evaluation_id < b.evaluation_id ? -1 : 1));
}

/** The queries of a record, valid by their schema. */
function readLines(folder: string, { detailed_evaluation_results: file }: Aggregate) {
  const text = readFileSync(join(folder, file?.file_path ?? 'none'), 'utf8');
  expect(createHash('sha256').update(text).digest('hex')).toBe(file?.checksum);
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  for (const line of lines) expect(samples.validate(line).errors).toEqual([]);
  return lines.map((line) => lineSchema.parse(line));
}

/** Reads the one record of a model, and compares its two files with each other. */
function readRecords(folder: string, model: string) {
  const [aggregate, ...more] = readAggregates(folder, model);
  if (!aggregate || more.length > 0) throw new Error(`${more.length + 1} records of ${model}`);
  const parsed = readLines(folder, aggregate);
  for (const { evaluation_id, input, answer_attribution, evaluation } of parsed) {
    expect(evaluation_id).toBe(aggregate.evaluation_id);
    expect(answer_attribution[0].extracted_value === input.reference[0]).toBe(
      evaluation.is_correct,
    );
  }
  const counts = aggregate.evaluation_results.map(({ evaluation_result_id: id, score_details }) => {
    const own = parsed.filter((line) => line.evaluation_result_id === id);
    const correct = own.filter(({ evaluation }) => evaluation.is_correct).length;
    // Ranges pool the queries of several results.
    if (own.length > 0) expect(score_details.details['correct']).toBe(String(correct));
    return [id, score_details.details['correct']];
  });
  return { results: Object.fromEntries(counts) as Record<string, string>, lines: parsed.length };
}

/** What a record says about one result. */
const detailsOf = (aggregate: Aggregate | undefined, id: string) =>
  aggregate?.evaluation_results.find((result) => result.evaluation_result_id === id)?.score_details
    .details ?? {};

it('a recorded model has a valid record, with every query', async () => {
  const [out, eee] = [join(scratch, 'baseline.json'), join(scratch, 'recorded')];
  const plan = '--models text-only --objects 3,9 --queries 12 --pairs 0 --requests 1'.split(' ');
  const command = ['baseline', '--models-dir', `${ROOT}models`, '--out', out, '--eee', eee];
  expect((await bindscope([...command, ...plan])).err).toBe('');
  const { results, lines } = readRecords(eee, 'bindscope/text-only');
  expect(results['text-context-3-objects']).toBe('12');
  expect(Object.keys(results)).toContain('text-shuffled-ood');
  expect(lines).toBe(2 * 2 * 12);
});

it('a language model that was asked in English has one, too', async () => {
  const server = await startEndpoint(
    ({ body }) => /^- .+: (.+)$/m.exec(String(body.messages?.[0]?.content))?.[1] ?? '',
  );
  const eee = join(scratch, 'asked');
  const plan = ['--objects', '1,4', '--queries', '8', '--no-cache', '--eee', eee];
  const where = ['--endpoint', server.url, '--model', 'Some/Model-7B'];
  const { code } = await bindscope(['evaluate', ...where, ...plan]);
  await server.stop();
  expect(code).toBe(0);
  const { results, lines } = readRecords(eee, 'Some/Model-7B');
  expect(results['text-context-1-objects']).toBe('8');
  expect(lines).toBe(16);
});

it('a language model behind an endpoint has one from baseline, check and diff, with its whole answers', async () => {
  // Both name an item of the list: one the first, the other the last.
  const server = await startEndpoint(({ body }) => {
    const items = [...String(body.messages?.[0]?.content).matchAll(/^- .+: (.+)$/gm)];
    const [, item = ''] = items.at(body.model === 'Some/First-7B' ? 0 : -1) ?? [];
    return `It is the ${item}.`;
  });
  const run = (command: string, model: string, eee: string, ...more: string[]) =>
    bindscope([command, '--endpoint', server.url, '--model', model, '--eee', eee, ...more]);
  const plan = '--objects 1,4 --queries 8 --pairs 0 --requests 1'.split(' ');
  const [baseline, eee] = [join(scratch, 'language.json'), join(scratch, 'gate')];
  await run('baseline', 'Some/First-7B', eee, ...plan, '--out', baseline);
  await run('check', 'Some/Last-7B', eee, '--baseline', baseline);
  for (const model of ['Some/First-7B', 'Some/Last-7B']) {
    const { results, lines } = readRecords(eee, model);
    expect(results['text-context-1-objects']).toBe('8');
    expect(lines).toBe(2 * 2 * 8);
  }
  const [first, checked] = ['Some/First-7B', 'Some/Last-7B'].map((model) => {
    const [record] = readAggregates(eee, model);
    if (!record) throw new Error(`${model} has no record`);
    return record;
  });
  expect(detailsOf(first, 'text-context-4-objects')).not.toHaveProperty('p_value');
  expect(detailsOf(checked, 'text-context-4-objects')['compared_with']).toMatch(
    /^Some\/First-7B at http/,
  );
  const [line] = first ? readLines(eee, first) : [];
  expect(line?.output.raw).toEqual([`It is the ${line?.input.reference.join()}.`]);

  const both = join(scratch, 'two');
  await run('diff', 'Some/First-7B', both, '--model', 'Some/Last-7B', ...plan);
  await server.stop();
  const [[before], [after]] = [
    readAggregates(both, 'Some/First-7B'),
    readAggregates(both, 'Some/Last-7B'),
  ];
  const details = detailsOf(after, 'text-context-4-objects');
  expect(details['compared_with']).toBe(before?.evaluation_id);
  expect(Number(details['fixed']) - Number(details['regressed'])).toBe(
    Number(details['correct']) - Number(detailsOf(before, 'text-context-4-objects')['correct']),
  );
});

it('a comparison of two deployments has one for each, and the second says what changed', async () => {
  // Another model under the name of text-only: right about both orders, where text-only follows the order.
  const other = join(scratch, 'models');
  cpSync(`${ROOT}models/text-symbolic`, join(other, 'text-only'), { recursive: true });
  const card = { ...shippedCard('text-symbolic'), id: 'text-only' };
  writeFileSync(join(other, 'text-only/card.json'), JSON.stringify(card));
  writeFileSync(join(other, 'index.json'), JSON.stringify({ schema: 1, models: ['text-only'] }));
  const eee = join(scratch, 'compared');
  const plan = '--models text-only --objects 4,12 --queries 30 --pairs 0 --requests 1'.split(' ');
  const folders = ['--models-dir', `${ROOT}models`, '--models-dir', other];
  const { err, out } = await bindscope(['diff', ...folders, ...plan, '--json', '--eee', eee]);
  expect(err).toBe('');
  const [before, after, ...more] = readAggregates(eee, 'bindscope/text-only');
  if (!before || !after) throw new Error('two records were expected');
  expect(more).toEqual([]);
  const [was, now] = [readLines(eee, before), readLines(eee, after)];
  const { tests } = z
    .object({
      tests: z.array(
        z.object({ order: z.string(), objects: z.number().nullable(), pValue: z.number() }),
      ),
    })
    .parse(JSON.parse(out));
  for (const order of ['context', 'shuffled']) {
    for (const objects of [4, 12]) {
      const id = `text-${order}-${objects}-objects`;
      const pairs = was.flatMap((line, index) =>
        line.evaluation_result_id === id
          ? [[line.evaluation.is_correct, now[index]?.evaluation.is_correct]]
          : [],
      );
      expect(pairs).toHaveLength(30);
      const test = tests.find((one) => one.order === order && one.objects === objects);
      expect(detailsOf(after, id)).toMatchObject({
        compared_with: before.evaluation_id,
        regressed: String(pairs.filter(([a, b]) => a && !b).length),
        fixed: String(pairs.filter(([a, b]) => !a && b).length),
        p_value: String(test?.pValue),
      });
      expect(detailsOf(before, id)).not.toHaveProperty('compared_with');
    }
  }
  expect(Number(detailsOf(after, 'text-context-12-objects')['fixed'])).toBeGreaterThan(0);
});

it('models that were compared have one each, with the paired tests', async () => {
  const [eee, json] = [join(scratch, 'models-compared'), join(scratch, 'compared.json')];
  const plan = '--models text-only,text-symbolic --objects 4,12 --queries 30'.split(' ');
  const where = ['--models-dir', `${ROOT}models`];
  await bindscope(['compare', ...where, ...plan, '--json', json, '--eee', eee]);
  const [a] = readAggregates(eee, 'bindscope/text-only');
  const [b] = readAggregates(eee, 'bindscope/text-symbolic');
  const correct = (record: Aggregate | undefined, id: string) =>
    Number(detailsOf(record, id)['correct']);
  for (const id of ['text-context-4-objects', 'text-context-12-objects', 'text-context-ood']) {
    const [own, others] = [detailsOf(a, id), detailsOf(b, id)];
    const of = (details: typeof own, model: string, name: string) =>
      Number(details[`against ${model}: ${name}`]);
    const difference = of(own, 'text-symbolic', 'difference');
    expect(difference).toBeCloseTo((correct(a, id) - correct(b, id)) / 30, 12);
    expect(of(others, 'text-only', 'difference')).toBeCloseTo(-difference, 12);
    expect(of(own, 'text-symbolic', 'only_this_correct')).toBe(
      of(others, 'text-only', 'only_other_correct'),
    );
    expect(
      of(own, 'text-symbolic', 'only_this_correct') + of(own, 'text-symbolic', 'both_correct'),
    ).toBe(correct(a, id));
  }
  expect(a?.detailed_evaluation_results).toBeUndefined();
});

it('the card of a model becomes one, without queries', async () => {
  const out = join(scratch, 'card');
  const args = ['convert', `${ROOT}models/image-text`, '--to', 'every-eval-ever', '--out', out];
  expect(await bindscope(args)).toMatchObject({ code: 0, err: '' });
  const [record] = readAggregates(out, 'bindscope/image-text');
  const card = shippedCard('image-text');
  for (const { modality, order, byObjects, ood } of card.evaluation.results) {
    for (const { objects, correct } of byObjects)
      expect(detailsOf(record, `${modality}-${order}-${objects}-objects`)['correct']).toBe(
        String(correct),
      );
    expect(detailsOf(record, `${modality}-${order}-ood`)['count']).toBe(String(ood.count));
  }
  expect(record?.model_info.additional_details['sha256']).toBe(card.files.model.sha256);
  expect(record?.detailed_evaluation_results).toBeUndefined();
});
