import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TEMPLATES } from '../../task/language/templates.ts';
import { generateWordQuery, parseWordSpec } from '../../task/language/word-query.ts';
import { WORD_LISTS } from '../../task/language/word-lists.ts';
import { picturePng } from '../../task/picture.ts';

/** `npx tsx test/golden/write-vision-prompt.ts <folder>`: a picture and its question, for examples/vision/make_models.py. */
const [folder = ''] = process.argv.slice(2);
const wording = { template: TEMPLATES.picture, words: WORD_LISTS.everyday };
const spec = parseWordSpec({ objects: 4 }, wording);
const { id, prompt, picture } = generateWordQuery(spec, 3, { index: 0, question: 0 }, wording);
if (!picture) throw new Error('the template has no picture');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'picture.png'), picturePng(picture()));
const question = { query: id, question: prompt.text, lead: wording.template.answerLead };
writeFileSync(join(folder, 'prompt.json'), JSON.stringify(question));
