import type { CheckReport } from '../../contract/regression.ts';
import {
  conditionName,
  formatP,
  regressedTests,
  describeTest,
  formatShare,
  metricName,
  describeVerdict,
} from './sentences.ts';

/** Most flips in a summary, which is limited to 1 MiB. */
const FLIPS_SHOWN = 200;

/** Annotations of a GitHub Actions run, one workflow command a line. */
export function annotations(report: CheckReport): string {
  const lines = [
    ...report.findings.map(({ level, message }) =>
      workflowCommand(level === 'failure' ? 'error' : 'notice', message),
    ),
    ...regressedTests(report).map((test) => workflowCommand('error', describeTest(test))),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** A workflow command; special characters of its message are percent-encoded. */
export const workflowCommand = (kind: 'error' | 'notice', message: string) =>
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
    `## bindscope: ${report.verdict === 'pass' ? 'no regression' : 'regression'}`,
    describeVerdict(report),
    ...findings.map(
      ({ level, message }) => `- ${level === 'failure' ? '**failure**: ' : ''}${message}`,
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
    '',
  ].join('\n');
}
