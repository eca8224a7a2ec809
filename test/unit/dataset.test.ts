import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { READ_ANSWER_PYTHON } from '../../cli/dataset/reading-rule.ts';
import { readAnswer } from '../../task/language/read-answer.ts';
import { generateQuery, parseQueryName } from '../../task/query.ts';
import { describeToken } from '../../task/tokens.ts';
import { bindscope } from '../support/cli.ts';

/** `bindscope dataset`. The tools themselves are not installed here: docs/datasets.md says what was seen with them. */

const scratch = mkdtempSync(join(tmpdir(), 'bindscope-dataset-'));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

const recordSchema = z.strictObject({
  id: z.string(),
  prompt: z.string(),
  completion: z.string(),
  answer: z.string(),
  candidates: z.array(z.string()),
  picture: z.string().nullable(),
  metadata: z.looseObject({ objects: z.number(), template: z.string() }),
});

async function write(name: string, ...options: string[]) {
  const out = join(scratch, name);
  const result = await bindscope(['dataset', '--out', out, ...options]);
  expect(result).toMatchObject({ code: 0, err: '' });
  const text = (file: string) => readFileSync(join(out, file), 'utf8');
  const records = text('queries.jsonl')
    .trimEnd()
    .split('\n')
    .map((line) => recordSchema.parse(JSON.parse(line)));
  return { out, text, records, files: readdirSync(out).sort() };
}

describe('bindscope dataset', () => {
  it('writes the queries of the task, with their answers', async () => {
    const { records } = await write(
      'task',
      '--template',
      'task',
      '--objects',
      '3,9',
      '--queries',
      '4',
    );
    expect(records.map(({ metadata }) => metadata.objects)).toEqual([3, 3, 3, 3, 9, 9, 9, 9]);
    for (const { id, prompt, answer, candidates, metadata } of records) {
      const name = id.replace('.task.names', '');
      expect(answer).toBe(describeToken(generateQuery(parseQueryName(name)).answer).name);
      expect(candidates).toHaveLength(metadata.objects);
      expect(prompt).toMatch(/ CTX_END .* QUE \S+$/);
    }
  });

  it('writes pictures beside the lines, one for each query', async () => {
    const options = ['--template', 'picture', '--format', 'inspect', '--objects', '4'];
    const { out, records, files } = await write('pictures', ...options, '--queries', '2');
    expect(files).toEqual(['bindscope_picture.py', 'pictures', 'queries.jsonl']);
    for (const { picture, prompt } of records) {
      const png = readFileSync(join(out, picture ?? ''));
      expect(decode(png).width).toBeGreaterThan(100);
      expect(prompt).toMatch(/^The picture shows/);
    }
  });

  it('refuses pictures for a tool without them, and a folder that is not empty', async () => {
    const command = ['dataset', '--out', join(scratch, 'none'), '--template', 'picture'];
    expect(await bindscope([...command, '--format', 'lm-eval'])).toMatchObject({
      code: 2,
      err: 'error: --format lm-eval takes no pictures: use --format jsonl or inspect\n',
    });
    const { code, err } = await bindscope(['dataset', '--out', scratch]);
    expect(code).toBe(2);
    expect(err).toContain('is not empty; with --force');
  });

  it('writes a task of lm-evaluation-harness for each number of objects and each way to read answers', async () => {
    const options = ['--format', 'lm-eval', '--objects', '2,12', '--queries', '1'];
    const { files, text } = await write('lm-eval', ...options);
    const tasks = ['bindscope_list', 'bindscope_list_choice'].map((group) => {
      const { task } = z
        .object({ group: z.literal(group), task: z.array(z.string()) })
        .parse(parse(text(`${group}.yaml`)));
      return task;
    });
    expect(tasks).toEqual([
      ['bindscope_list_n2', 'bindscope_list_n12'],
      ['bindscope_list_choice_n2', 'bindscope_list_choice_n12'],
    ]);
    expect(files.filter((file) => file.endsWith('.yaml'))).toHaveLength(6);
    expect(text('bindscope_list_n12.yaml')).toContain('objects: 12\n');
  });

  it('writes a configuration of promptfoo, whose assertion takes the correct word only', async () => {
    const options = ['--format', 'promptfoo', '--objects', '3', '--queries', '2'];
    const { out, text, records } = await write('promptfoo', ...options);
    const configuration = z
      .object({ tests: z.string(), defaultTest: z.unknown() })
      .parse(parse(text('promptfooconfig.yaml')));
    expect(configuration.tests).toBe('file://tests.json');
    const tests = z
      .array(z.object({ vars: z.record(z.string(), z.string()) }))
      .parse(JSON.parse(text('tests.json')));
    expect(tests.map(({ vars }) => vars['answer'])).toEqual(records.map(({ answer }) => answer));
    type Assertion = (output: string, context: object) => { pass: boolean };
    const judge = createRequire(import.meta.url)(join(out, 'names-the-word.cjs')) as Assertion;
    for (const [index, { answer, candidates }] of records.entries()) {
      const other = candidates.find((word) => word !== answer);
      const asked = { vars: tests[index]?.vars };
      expect(judge(`The ${answer.toUpperCase()}.`, asked).pass).toBe(true);
      expect(judge(`The ${other ?? ''}.`, asked).pass).toBe(false);
      expect(judge(candidates.join(' or '), asked).pass).toBe(false);
    }
  });
});

const hasPython = spawnSync('python3', ['--version']).status === 0;

it.skipIf(!hasPython)('reads answers in Python as everywhere', () => {
  const words = ['cup', 'tea cup', 'key', 'ring'];
  const texts = [
    'Cup',
    'the key.',
    'cup or key',
    'keys',
    '',
    ' \n',
    'I cannot',
    '<think>key</think>ring',
  ];
  const more = ['_key_', 'ring\nor a cup', 'monkey\nkey', 'a tea cup', 'clé', 'kéy', 'key2'];
  const program = `import json, re, sys\n${READ_ANSWER_PYTHON}\nwords, texts = json.load(sys.stdin)\nprint(json.dumps([read_answer(text, words) for text in texts]))`;
  const all = [...texts, ...more];
  const input = JSON.stringify([words, all]);
  const output = execFileSync('python3', ['-c', program], { input, encoding: 'utf8' });
  const expected = all.map((text) => {
    const read = readAnswer(text, words);
    return read.kind === 'word' ? read.word : null;
  });
  expect(JSON.parse(output)).toEqual(expected);
  expect(expected.filter((word) => word !== null).length).toBeGreaterThan(4);
});
