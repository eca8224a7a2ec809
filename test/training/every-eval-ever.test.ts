import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validator, type Schema } from '@cfworker/json-schema';
import { afterAll, expect, it } from 'vitest';
import { z } from 'zod';
import { ROOT } from '../../build/paths.ts';
import { bindscope } from '../support/cli.ts';
import { startEndpoint } from '../support/english-model.ts';

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

const scoreSchema = z.object({ score: z.number(), details: z.object({ correct: z.string() }) });
const aggregateSchema = z.object({
  evaluation_id: z.string(),
  evaluation_results: z.array(
    z.object({ evaluation_result_id: z.string(), score_details: scoreSchema }),
  ),
  detailed_evaluation_results: z.object({ file_path: z.string(), checksum: z.string() }),
});
const lineSchema = z.object({
  evaluation_id: z.string(),
  evaluation_result_id: z.string(),
  input: z.object({ reference: z.array(z.string()) }),
  answer_attribution: z.tuple([z.object({ extracted_value: z.string() })]),
  evaluation: z.object({ is_correct: z.boolean() }),
});

/** Reads the records of one model, valid by their schemas, and compares the two files with each other. */
function readRecords(folder: string, model: string) {
  const path = join(folder, 'data/bindscope', model);
  const name = readdirSync(path).find((file) => file.endsWith('.json')) ?? '';
  const content: unknown = JSON.parse(readFileSync(join(path, name), 'utf8'));
  expect(aggregates.validate(content).errors).toEqual([]);
  const aggregate = aggregateSchema.parse(content);
  const { file_path, checksum } = aggregate.detailed_evaluation_results;
  const text = readFileSync(join(folder, file_path), 'utf8');
  expect(createHash('sha256').update(text).digest('hex')).toBe(checksum);
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  for (const line of lines) expect(samples.validate(line).errors).toEqual([]);
  const parsed = lines.map((line) => lineSchema.parse(line));
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
    if (own.length > 0) expect(score_details.details.correct).toBe(String(correct));
    return [id, score_details.details.correct];
  });
  return { results: Object.fromEntries(counts) as Record<string, string>, lines: lines.length };
}

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
