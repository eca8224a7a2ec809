import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  languageInterchangeSchema,
  type LanguageInterchange,
  type LanguageModelResult,
} from '../contract/language-interchange.ts';
import type { PretrainedSummary } from '../contract/pretrained-summary.ts';
import { readJson } from '../node/files.ts';
import { formatPValue } from '../statistics/format.ts';
import { code, table, withCounts, withRange } from './markdown.ts';
import { PAPER_PAIRS } from './paper.ts';

/** Interchange in language models, beside the figures of the paper. */

/** Files of `bindscope interchange --against`, by name without the extension; none where there is no such folder. */
export function readPretrained(folder: string): ReadonlyMap<string, LanguageInterchange> {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return new Map(
    names
      .filter((name) => name.endsWith('.json'))
      .map((name) => [
        name.replace(/\.json$/, ''),
        readJson(join(folder, name), languageInterchangeSchema),
      ]),
  );
}

const NOT_RUN = 'not yet run';

/** The pairs of the paper, each with what was measured here of it, or that nothing was. */
export function pretrainedTable(measured: ReadonlyMap<string, LanguageInterchange>): string {
  const rows = PAPER_PAIRS.map(({ name, models, ratios, layer }) => {
    const found = measured.get(name);
    const [a, b] = ratios.map((ratio) => ratio.toFixed(3));
    const ours = found ? found.models.map(ratioAtPeak).join(' → ') : NOT_RUN;
    const layers = found
      ? found.models.map(({ interchange }) => String(interchange?.peakLayer ?? '-')).join(' → ')
      : '-';
    return [models.join(' → '), `${a ?? ''} → ${b ?? ''}`, String(layer), ours, layers];
  });
  return table(['models', 'ratio in the paper', 'its layer', 'ratio here', 'peak layers'], rows);
}

/** The same as the tables, for the page of the site. */
export function pretrainedSummary(
  measured: ReadonlyMap<string, LanguageInterchange>,
): PretrainedSummary {
  return {
    pairs: PAPER_PAIRS.map(({ name, models, ratios, layer }) => ({
      models: [...models],
      paper: { ratios: [...ratios], layer },
      measured: measured.get(name)?.models.map(summaryOf) ?? null,
    })),
    known: (measured.get(KNOWN_ANSWERS)?.models ?? []).map(summaryOf),
  };
}

const summaryOf = ({ name, interchange }: LanguageModelResult) => ({
  name,
  solved: interchange?.solved ?? 0,
  pairs: interchange?.pairs ?? 0,
  peak: interchange && { layer: interchange.peakLayer, ratio: interchange.ratioAtPeak },
});

const ratioAtPeak = ({ interchange }: LanguageModelResult): string =>
  interchange ? withRange(interchange.ratioAtPeak) : 'no pair solved';

/** Models of this project, measured as language models from elsewhere are: the answers are known. */
export function knownAnswersTable(measured: ReadonlyMap<string, LanguageInterchange>): string {
  const rows = (measured.get(KNOWN_ANSWERS)?.models ?? []).flatMap(({ name, interchange }) => {
    const peak = interchange?.layers.find(({ layer }) => layer === interchange.peakLayer);
    if (!interchange || !peak) return [];
    return [
      [
        code(name),
        `${interchange.solved} of ${interchange.pairs}`,
        String(interchange.firstCausalLayer ?? '-'),
        String(interchange.peakLayer),
        withCounts(peak.shares.positional),
        withCounts(peak.shares.symbolic),
        withRange(interchange.ratioAtPeak),
      ],
    ];
  });
  const head = [
    'model',
    'solved',
    'first causal layer',
    'peak layer',
    'positional',
    'symbolic',
    'ratio',
  ];
  const paired = measured.get(KNOWN_ANSWERS)?.paired;
  const sentence = paired?.symbolic
    ? `\n\nOn the ${paired.solvedByBoth} pairs that both solve, ${paired.symbolic.onlyA} are symbolic in the first ` +
      `model alone and ${paired.symbolic.onlyB} in the second alone (p ${formatPValue(paired.symbolic.pValue)}).`
    : '';
  return `${table(head, rows)}${sentence}`;
}

/** The file of two models of this project. */
const KNOWN_ANSWERS = 'known-answers';
