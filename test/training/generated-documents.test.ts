import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../build/paths.ts';
import { FILLED, SUMMARY } from '../../reports/filled-documents.ts';
import { resultsFiles } from '../../reports/write-results.ts';

/** Markdown apart from how Prettier aligns it. */
const unaligned = (text: string) =>
  text
    .replaceAll(/ +/g, ' ')
    .replaceAll(/-{3,}/g, '---')
    .replaceAll(/\n\s*\n/g, '\n');

const isSame = (path: string, text: string): boolean => {
  const present = readFileSync(join(ROOT, path), 'utf8');
  return path.endsWith('.json')
    ? isDeepStrictEqual(JSON.parse(present), JSON.parse(text))
    : unaligned(present) === unaligned(text);
};

describe('Documents and figures of results', () => {
  const files = resultsFiles({
    models: 'models',
    results: 'results',
    docs: 'docs',
    summary: SUMMARY,
    fill: FILLED,
  });

  it('are those that `npm run results` makes of the cards, answers and probes', () => {
    const stale = [...files].filter(([path, text]) => !isSame(path, text)).map(([path]) => path);
    expect(stale).toEqual([]);
  });

  it('leave none of a model that is gone', () => {
    const present = ['docs/results', 'docs/figures'].flatMap((folder) =>
      readdirSync(join(ROOT, folder)).map((name) => join(folder, name)),
    );
    expect(present.filter((path) => !files.has(path))).toEqual([]);
  });
});
