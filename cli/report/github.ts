import type { CheckReport } from '../../contract/regression.ts';
import { conditionName, metricName } from '../../statistics/test-names.ts';
import {
  describeAge,
  describeSensitivity,
  describeTest,
  describeVerdict,
  detectableLosses,
  formatP,
  formatShare,
  regressedTests,
} from '../../statistics/report-sentences.ts';

/** Most flips in a summary, which is limited to 1 MiB. */
const FLIPS_SHOWN = 200;

/** Annotations of a GitHub Actions run, one workflow command a line. */
export function annotations(report: CheckReport): string {
  const lines = [
    ...report.findings.map(({ level, message }) =>
      workflowCommand(level === 'notice' ? 'notice' : 'error', message),
    ),
    ...regressedTests(report).map((test) => workflowCommand('error', describeTest(test))),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** A workflow command; special characters of its message are percent-encoded. */
export const workflowCommand = (kind: 'error' | 'warning' | 'notice', message: string) =>
  `::${kind} title=bindscope::` +
  message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/** The summary of the job, in Markdown. */
export function summary(report: CheckReport): string {
  const { tests, findings, flips } = report;
  const changed = tests.filter(({ verdict }) => verdict !== 'same');
  const rows = changed.map((test) => {
    const { model, before, after, regressed, fixed, adjustedPValue, verdict } = test;
    const cells = [
      model,
      conditionName(test),
      metricName(test),
      formatShare(before),
      formatShare(after),
      regressed === null ? '' : `${regressed} / ${fixed ?? ''}`,
      formatP(adjustedPValue),
      verdict === 'regressed' ? '**regressed**' : verdict,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const listed = flips.slice(0, FLIPS_SHOWN).map(({ model, query, before, answer }) => {
    return `${before ? 'regressed' : 'fixed'} ${model} ${query} -> ${answer}`;
  });
  return [
    `## bindscope: ${HEADLINES[report.verdict]}`,
    describeVerdict(report),
    ...findings.map(
      ({ level, message }) => `- ${level === 'notice' ? '' : `**${level}**: `}${message}`,
    ),
    ...(rows.length > 0
      ? [
          '',
          '| model | condition | metric | before | now | regressed / fixed | p (Holm) | verdict |',
          '| --- | --- | --- | --- | --- | --- | --- | --- |',
          ...rows,
        ]
      : []),
    ...(listed.length > 0
      ? [
          '',
          `<details><summary>${flips.length} changed answers</summary>`,
          '',
          '```',
          ...listed,
          '```',
          '</details>',
        ]
      : []),
    ...detectableLossSection(report),
    '',
    `Baseline: ${describeAge(report)}.`,
    '',
  ].join('\n');
}

/** A folded table of the losses that the tests detect. */
export function detectableLossSection(report: CheckReport): string[] {
  const { head, rows } = detectableLosses(report);
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    '',
    `<details><summary>${describeSensitivity(report).replaceAll('<', '&lt;')}</summary>`,
    '',
    line(head),
    line(head.map(() => '---')),
    ...rows.map(line),
    '',
    '</details>',
  ];
}

/** The verdict in a headline. */
export const HEADLINES: Readonly<Record<CheckReport['verdict'], string>> = {
  pass: 'no regression',
  regression: 'regression',
  insufficient: 'insufficient',
};
