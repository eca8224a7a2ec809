import Table from 'cli-table3';
import type { CheckReport } from '../../contract/regression.ts';
import { conditionOf, pOf, shareOf, subjectOf, verdictOf } from './sentences.ts';

/** Flips that are shown; the JSON report has them all. */
const FLIPS_SHOWN = 20;

/** The report for people: what changed, then the verdict. */
export function tableReport(report: CheckReport): string {
  const { findings, flips, latency } = report;
  const parts = [
    findings.map(({ level, message }) => `${level}: ${message}\n`).join(''),
    testTable(report),
    flips
      .slice(0, FLIPS_SHOWN)
      .map(
        ({ model, query, before, answer }) =>
          `${before ? 'broken' : 'mended'}: ${model} ${query} -> ${answer}\n`,
      )
      .join(''),
    flips.length > FLIPS_SHOWN
      ? `... and ${flips.length - FLIPS_SHOWN} more changed answers (--json lists them all)\n`
      : '',
    latency
      .map(({ model, before, after }) => {
        const times = ({ p50, p95 }: typeof before) =>
          `${p50.toFixed(1)} ms (95 %: ${p95.toFixed(1)})`;
        return `latency of ${model}: median ${times(before)}, now ${times(after)}\n`;
      })
      .join(''),
    `${verdictOf(report)}\n`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function testTable({ tests }: CheckReport): string {
  const changed = tests.filter(({ verdict }) => verdict !== 'same');
  if (changed.length === 0) return '';
  const table = new Table({
    head: [
      'model',
      'condition',
      'what',
      'before',
      'now',
      'broken',
      'mended',
      'p (Holm)',
      'verdict',
    ],
    style: { head: [], border: [] },
  });
  for (const test of changed) {
    const { model, before, after, regressed, fixed, adjustedPValue, verdict } = test;
    table.push([
      model,
      conditionOf(test),
      subjectOf(test),
      shareOf(before),
      shareOf(after),
      regressed ?? '',
      fixed ?? '',
      pOf(adjustedPValue),
      verdict,
    ]);
  }
  return `${table.toString()}\n`;
}
