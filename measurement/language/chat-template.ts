import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from '@huggingface/jinja';
import { z } from 'zod';
import { readJson } from '../../node/files.ts';
import { LanguageModelError } from './onnx-folder.ts';

/**
 * The chat template of a model's folder, as transformers finds it: `chat_template.jinja`, else `chat_template` in
 * `tokenizer_config.json`, else `chat_template.json` of older models that see.
 *
 * Source: https://huggingface.co/docs/transformers/chat_templating_writing
 */

/** One template, or several with names. */
const templateSchema = z.union([
  z.string(),
  z.array(z.object({ name: z.string(), template: z.string() })),
]);
const holderSchema = z.looseObject({ chat_template: templateSchema.optional() });

/**
 * Writes a user's message as a model was trained to read it, up to where its answer begins.
 *
 * @param withPicture whether a picture comes before the text; the template writes its placeholder
 */
export type WriteChat = (message: string, withPicture?: boolean) => string;

/**
 * @param config contents of `tokenizer_config.json`
 * @throws LanguageModelError where the folder has no template, or one that cannot be read
 */
export function readChatTemplate(folder: string, config: object): WriteChat {
  const source = findTemplate(folder, config);
  if (source === undefined) {
    throw new LanguageModelError(
      `${folder} has no chat template: no chat_template.jinja, and no chat_template in tokenizer_config.json`,
    );
  }
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
      throw new LanguageModelError(`the chat template of ${folder} fails: ${reason}`, { cause });
    }
  };
  const template = attempt(() => new Template(source));
  const tokens = specialTokens(config);
  return (message, withPicture = false) =>
    attempt(() =>
      template.render({
        ...tokens,
        messages: [
          {
            role: 'user',
            content: withPicture ? [{ type: 'image' }, { type: 'text', text: message }] : message,
          },
        ],
        add_generation_prompt: true,
        // The answer is read from the next token, which must not begin a chain of thought.
        enable_thinking: false,
      }),
    );
}

function findTemplate(folder: string, config: object): string | undefined {
  const file = join(folder, 'chat_template.jinja');
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const legacy = join(folder, 'chat_template.json');
  const holders = [config, ...(existsSync(legacy) ? [readJson(legacy, holderSchema)] : [])];
  for (const holder of holders) {
    const found = holderSchema.safeParse(holder).data?.chat_template;
    if (typeof found === 'string') return found;
    const [first] = found ?? [];
    const chosen = found?.find(({ name }) => name === 'default') ?? first;
    if (chosen) return chosen.template;
  }
  return undefined;
}

/** `bos_token` and the like: a string, or an object with the token as its content. */
function specialTokens(config: object): Record<string, string> {
  const tokenSchema = z.union([z.string(), z.object({ content: z.string() })]);
  return Object.fromEntries(
    Object.entries(config).flatMap(([name, value]) => {
      if (!name.endsWith('_token')) return [];
      const { data } = tokenSchema.safeParse(value);
      if (data === undefined) return [];
      return [[name, typeof data === 'string' ? data : data.content]];
    }),
  );
}
