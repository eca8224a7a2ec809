import type { Dataset } from './dataset.ts';
import { READ_ANSWER_JAVASCRIPT } from './reading-rule.ts';

/**
 * A configuration of promptfoo (https://www.promptfoo.dev/docs/configuration/reference/). The model is that of the
 * environment variable `MODEL`; `-r` names another provider.
 */
export function promptfooFiles({ name, records }: Dataset): Map<string, string> {
  const configuration = {
    description: name,
    prompts: ['{{prompt}}'],
    providers: ['openai:chat:{{env.MODEL}}'],
    tests: 'file://tests.json',
    defaultTest: { assert: [{ type: 'javascript', value: 'file://names-the-word.cjs' }] },
  };
  const tests = records.map(({ id, prompt, answer, candidates, metadata }) => ({
    description: id,
    // A list would be read as several tests.
    vars: { prompt, answer, candidates: candidates.join('|') },
    metadata,
  }));
  return new Map([
    ['promptfooconfig.yaml', `${JSON.stringify(configuration, null, 2)}\n`],
    ['tests.json', `${JSON.stringify(tests, null, 1)}\n`],
    ['names-the-word.cjs', ASSERTION],
  ]);
}

const ASSERTION = `'use strict';

${READ_ANSWER_JAVASCRIPT}
module.exports = (output, { vars }) => {
  const word = readAnswer(output, vars.candidates.split('|'));
  const pass = word === vars.answer;
  return { pass, score: pass ? 1 : 0, reason: \`\${word ?? 'no single word'}, expected \${vars.answer}\` };
};
`;
