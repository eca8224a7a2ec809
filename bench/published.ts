import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROOT } from '../build/paths.ts';
import { writeAtomically } from '../node/files.ts';
import { parseResult } from './against.ts';
import { drawCurve, figureNameOf } from './growth-plot.ts';
import { machineLine, resultMarkdown } from './result-text.ts';
import type { BenchResult } from './result.ts';

/** The results that the documentation shows, and the document that is made of them. */

/** Relative to the repository. */
export const PUBLISHED = 'bench/results.json';
export const DOCUMENT = 'docs/performance.md';

const TEXT = `# Performance

Written by \`npm run bench -- --publish\` from [\`bench/results.json\`](../bench/results.json). Times, rates and memory
are those of the machine below; ratios travel better. A turn measures each item once, one after the other, so
that what else the machine does affects all of them. Each turn has a seed of its own. The table gives the median
and the quartiles of all turns. A benchmark that gets an impossible result, such as an answer from a cache, a
share over 100 % or WebAssembly that is faster than native code, ends with an error.

\`npm run bench -- --json now.json --against bench/results.json\` compares your checkout with these results.
A figure is called better or worse where the quartiles do not overlap and the medians differ by 5 % or more.`;

/** The published results. */
export const publishedResult = (): BenchResult =>
  parseResult(readFileSync(join(ROOT, PUBLISHED), 'utf8'), PUBLISHED);

/** The document, formatted as it is kept. */
async function documentOf(result: BenchResult): Promise<string> {
  const measured = `Measured on ${result.created.slice(0, 10)}: ${machineLine(result)}.`;
  const figures = curvesOf(result).map(
    (curve) => `![${curve.what}](performance/${figureNameOf(curve)})`,
  );
  const text = [TEXT, measured, resultMarkdown(result), figures.join('\n\n')].join('\n\n');
  return formatted(`${text}\n`, DOCUMENT);
}

/** The document, and a figure for each curve, by path. */
export async function filesOf(result: BenchResult): Promise<ReadonlyMap<string, string>> {
  const figures = curvesOf(result).map(
    (curve) => [`docs/performance/${figureNameOf(curve)}`, drawCurve(curve)] as const,
  );
  return new Map([[DOCUMENT, await documentOf(result)], ...figures]);
}

/** Writes the results, the document, and the figures. */
export async function writePublished(result: BenchResult): Promise<void> {
  const write = (path: string, text: string) => {
    writeAtomically(join(ROOT, path), text);
  };
  write(PUBLISHED, await formatted(JSON.stringify(result), PUBLISHED));
  for (const [path, text] of await filesOf(result)) write(path, text);
}

const curvesOf = ({ parts }: BenchResult) =>
  Object.values(parts).flatMap(({ curves = [] }) => curves);

async function formatted(text: string, path: string): Promise<string> {
  const filepath = join(ROOT, path);
  return format(text, { ...(await resolveConfig(filepath)), filepath });
}
