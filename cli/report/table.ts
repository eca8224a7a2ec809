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
import { textTable } from './text-table.ts';

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
  return `${describeSensitivity(report)}:\n${textTable(head, rows)}`;
}

function testTable({ tests }: CheckReport): string {
  const changed = tests.filter(({ verdict }) => verdict !== 'same');
  if (changed.length === 0) return '';
  const head = ['model', 'condition', 'metric', 'before', 'now', 'regressed', 'fixed', 'p (Holm)'];
  const rows = changed.map((test) => [
    ...[test.model, conditionName(test), metricName(test)],
    ...[formatShare(test.before), formatShare(test.after), test.regressed ?? '', test.fixed ?? ''],
    ...[formatP(test.adjustedPValue), test.verdict],
  ]);
  return textTable([...head, 'verdict'], rows);
}
