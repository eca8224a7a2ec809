import type { CheckReport } from '../../contract/regression.ts';
import {
  conditionOf,
  pOf,
  regressedTests,
  sentenceOf,
  shareOf,
  subjectOf,
  verdictOf,
} from './sentences.ts';

/** Flips that a summary shows: it may have 1 MiB, and nobody reads that. */
const FLIPS_SHOWN = 200;

/** Annotations of a GitHub Actions run, one workflow command a line. */
export function annotations(report: CheckReport): string {
  const lines = [
    ...report.findings.map(({ level, message }) =>
      command(level === 'failure' ? 'error' : 'notice', message),
    ),
    ...regressedTests(report).map((test) => command('error', sentenceOf(test))),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** What is special in the message of a workflow command is written as in a URL. */
export const command = (kind: 'error' | 'notice', message: string) =>
  `::${kind} title=bindscope::` +
  message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/** The job's summary, in Markdown. */
export function summary(report: CheckReport): string {
  const { tests, findings, flips } = report;
  const changed = tests.filter(({ verdict }) => verdict !== 'same');
  const rows = changed.map((test) => {
    const { model, before, after, regressed, fixed, adjustedPValue, verdict } = test;
    const cells = [
      model,
      conditionOf(test),
      subjectOf(test),
      shareOf(before),
      shareOf(after),
      regressed === null ? '' : `${regressed} / ${fixed ?? ''}`,
      pOf(adjustedPValue),
      verdict === 'regressed' ? '**regressed**' : verdict,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const listed = flips.slice(0, FLIPS_SHOWN).map(({ model, query, before, answer }) => {
    return `${before ? 'broken' : 'mended'} ${model} ${query} -> ${answer}`;
  });
  return [
    `## bindscope: ${report.verdict === 'pass' ? 'no regression' : 'regression'}`,
    verdictOf(report),
    ...findings.map(
      ({ level, message }) => `- ${level === 'failure' ? '**failure**: ' : ''}${message}`,
    ),
    ...(rows.length > 0
      ? [
          '',
          '| model | condition | what | before | now | broken / mended | p (Holm) | verdict |',
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
