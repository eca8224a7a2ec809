import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answersSchema } from '../../contract/answers.ts';
import { unpackBits } from '../../contract/bitset.ts';
import { languageEvaluationSchema } from '../../contract/language-evaluation.ts';
import { openModel } from '../../inference/session.ts';
import { nodeRuntime } from '../../node/onnx-runtime.ts';
import { bindscope } from '../support/cli.ts';
import { answerEnglish, startEndpoint } from '../support/english-model.ts';
import { shippedCard, shippedFile } from '../support/shipped.ts';

/** A model of known accuracy behind an endpoint, which reads the English back. */
const MODEL = 'text-only';
const scratch = mkdtempSync(join(tmpdir(), 'bindscope-english-'));
let server: Awaited<ReturnType<typeof startEndpoint>>;
beforeAll(async () => {
  const runner = await openModel(await nodeRuntime(), {
    model: shippedFile(`${MODEL}/model.onnx`),
    featureWidth: 0,
  });
  server = await startEndpoint(({ body }) =>
    answerEnglish(runner, String(body.messages?.[0]?.content), 'task'),
  );
});
afterAll(async () => {
  await server.stop();
  rmSync(scratch, { recursive: true });
});

describe('bindscope evaluate', () => {
  it('finds the published curve of a model behind an endpoint, to the last query', async () => {
    const file = join(scratch, 'evaluation.json');
    const { vocabulary } = shippedCard(MODEL).recipe;
    const sizes = [vocabulary.colours, vocabulary.shapes, vocabulary.items].join(',');
    const { code, err } = await bindscope([
      ...['evaluate', '--endpoint', server.url, '--model', MODEL, '--no-cache', '--out', file],
      ...['--words', 'task', '--objects', '4,8,9,12', '--queries', '50', '--vocabulary', sizes],
    ]);
    expect({ code, err }).toMatchObject({ code: 0 });
    const { byObjects, answers } = languageEvaluationSchema.parse(
      JSON.parse(readFileSync(file, 'utf8')),
    );
    const published = answersSchema.parse(
      JSON.parse(Buffer.from(shippedFile(`${MODEL}/answers.json`)).toString()),
    );
    for (const { objects } of byObjects) {
      const known = published.results.find(
        (one) => one.modality === 'text' && one.order === 'context' && one.objects === objects,
      );
      const correct = unpackBits(known?.correct ?? '', known?.count ?? 0)?.slice(0, 50);
      const measured = answers.filter((one) => one.objects === objects);
      expect(measured.map((one) => one.correct)).toEqual(correct);
    }
  });
});
