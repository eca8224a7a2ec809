import Table from 'cli-table3';
import type { CheckReport } from '../../contract/regression.ts';
import { conditionName, metricName } from '../../statistics/test-names.ts';
import {
  describeAge,
  describeSensitivity,
  describeVerdict,
  detectableLosses,
  formatP,
  formatShare,
} from '../../statistics/report-sentences.ts';

/** Most flips in the table; the JSON report has all of them. */
const FLIPS_SHOWN = 20;

/** The report as text: the changes, then the verdict. */
export function tableReport(report: CheckReport): string {
  const { findings, flips, latency } = report;
  const parts = [
    findings.map(({ level, message }) => `${level}: ${message}\n`).join(''),
    testTable(report),
    flips
      .slice(0, FLIPS_SHOWN)
      .map(
        ({ model, query, before, answer }) =>
          `${before ? 'regressed' : 'fixed'}: ${model} ${query} -> ${answer}\n`,
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
    detectableLossTable(report),
    `baseline: ${describeAge(report)}\n`,
    `${describeVerdict(report)}\n`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** The losses that the tests detect; empty where no accuracy was compared. */
export function detectableLossTable(report: CheckReport): string {
  const { head, rows } = detectableLosses(report);
  if (rows.length === 0) return '';
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(...rows);
  return `${describeSensitivity(report)}:\n${table.toString()}\n`;
}

function testTable({ tests }: CheckReport): string {
  const changed = tests.filter(({ verdict }) => verdict !== 'same');
  if (changed.length === 0) return '';
  const table = new Table({
    head: [
      'model',
      'condition',
      'metric',
      'before',
      'now',
      'regressed',
      'fixed',
      'p (Holm)',
      'verdict',
    ],
    style: { head: [], border: [] },
  });
  for (const test of changed) {
    const { model, before, after, regressed, fixed, adjustedPValue, verdict } = test;
    table.push([
      model,
      conditionName(test),
      metricName(test),
      formatShare(before),
      formatShare(after),
      regressed ?? '',
      fixed ?? '',
      formatP(adjustedPValue),
      verdict,
    ]);
  }
  return `${table.toString()}\n`;
}
