import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../build/paths.ts';
import { FILLED } from '../../reports/filled-documents.ts';
import { resultsFiles } from '../../reports/write-results.ts';

/** Markdown apart from how Prettier aligns it. */
const unaligned = (text: string) =>
  text
    .replaceAll(/ +/g, ' ')
    .replaceAll(/-{3,}/g, '---')
    .replaceAll(/\n\s*\n/g, '\n');

describe('Documents and figures of results', () => {
  const files = resultsFiles({ models: 'models', results: 'results', docs: 'docs', fill: FILLED });

  it('are those that `npm run results` makes of the cards, answers and probes', () => {
    const stale = [...files]
      .filter(
        ([path, text]) => unaligned(readFileSync(join(ROOT, path), 'utf8')) !== unaligned(text),
      )
      .map(([path]) => path);
    expect(stale).toEqual([]);
  });

  it('leave none of a model that is gone', () => {
    const present = ['docs/results', 'docs/figures'].flatMap((folder) =>
      readdirSync(join(ROOT, folder)).map((name) => join(folder, name)),
    );
    expect(present.filter((path) => !files.has(path))).toEqual([]);
  });
});
