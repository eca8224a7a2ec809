import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { readChatTemplate } from '../../measurement/language/chat-template.ts';
import { readJson } from '../../node/files.ts';
import { ROOT } from '../../build/paths.ts';

const GOLDEN = join(ROOT, 'test/golden/chat-template');
/** Made with transformers; see chat-template.py beside it. */
const golden = readJson(
  join(GOLDEN, 'golden.json'),
  z.object({ question: z.string(), text: z.string() }),
);
const config = readJson(join(GOLDEN, 'tokenizer_config.json'), z.looseObject({}));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bindscope-chat-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('writes a chat as transformers does', () => {
  cpSync(join(GOLDEN, 'chat_template.jinja'), join(folder, 'chat_template.jinja'));
  expect(readChatTemplate(folder, config)(golden.question)).toBe(golden.text);
});

it('prefers the file, then tokenizer_config.json, then chat_template.json', () => {
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
  };
  const rendered = (chat_template?: unknown) =>
    readChatTemplate(folder, { bos_token: '<s>', chat_template })('Which?');
  write('chat_template.json', JSON.stringify({ chat_template: 'old {{ messages[0].content }}' }));
  expect(rendered()).toBe('old Which?');
  expect(rendered('config {{ bos_token }}{{ messages[0].role }}')).toBe('config <s>user');
  const named = [
    { name: 'tool_use', template: 'tools' },
    { name: 'default', template: 'no tools' },
  ];
  expect(rendered(named)).toBe('no tools');
  write('chat_template.jinja', 'file {{ add_generation_prompt }}');
  expect(rendered('config')).toBe('file true');
});

it('says in one line what is wrong with a template', () => {
  expect(() => readChatTemplate(folder, {})).toThrow(
    /has no chat template: no chat_template\.jinja/,
  );
  const write = (chat_template: string) => readChatTemplate(folder, { chat_template });
  expect(() => write('{% if %}')).toThrow(/^the chat template of .* fails: [^\n]+$/);
  expect(() => write("{{ raise_exception('only system') }}")('x')).toThrow(/fails: only system$/);
});
