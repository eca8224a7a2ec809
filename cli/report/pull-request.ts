import type { CheckReport } from '../../contract/regression.ts';
import type { DeploymentOptions } from '../options.ts';
import { LOCAL_URL } from '../options.ts';
import { formatWholePercent } from '../../statistics/format.ts';
import {
  describeAge,
  describeTest,
  describeVerdict,
  formatLoss,
  regressedTests,
} from '../../statistics/report-sentences.ts';
import { detectableLossSection, HEADLINES } from './github.ts';

/** What a comment says about the check besides its report. */
export interface CommentContext extends Pick<DeploymentOptions, 'url' | 'modelsDir'> {
  /** The file. */
  readonly baseline: string;
}

/** Most regressed tests in a comment; the report has all of them. */
const TESTS_SHOWN = 50;

/** The comment on a pull request, in Markdown: what got worse, what the check could not see, how to refresh it. */
export function reportComment(report: CheckReport, context: CommentContext): string {
  const messages = (level: 'failure' | 'insufficient' | 'notice') =>
    report.findings.filter((one) => one.level === level).map(({ message }) => message);
  const regressed = regressedTests(report).map(describeTest);
  const worse = [...messages('failure'), ...regressed.slice(0, TESTS_SHOWN)];
  const more = regressed.length - TESTS_SHOWN;
  return [
    `## bindscope: ${HEADLINES[report.verdict]}`,
    '',
    describeVerdict(report),
    ...section('What got worse', more > 0 ? [...worse, `and ${more} more tests`] : worse),
    ...section('What this check could not see', [
      ...messages('insufficient'),
      ...describeUnseen(report),
    ]),
    ...section('Notices', messages('notice')),
    ...detectableLossSection(report),
    '',
    `Baseline \`${context.baseline}\`: ${describeAge(report)}. ${refreshAdvice(context)}`,
    '',
  ].join('\n');
}

/** The comment where there is no report. @param reason one line */
export function couldNotRunComment(reason: string, context: CommentContext): string {
  return [
    '## bindscope: could not run',
    '',
    'Nothing was checked:',
    '',
    '```text',
    reason.replaceAll('```', "'''"),
    '```',
    '',
    `Baseline: \`${context.baseline}\`. ${refreshAdvice(context)}`,
    '',
  ].join('\n');
}

/** The losses that a check may miss, over all comparisons; the table below has each. */
function describeUnseen({ tests, sensitivity }: CheckReport): string[] {
  const accuracy = tests.filter(({ metric }) => metric !== 'symbolic');
  const losses = accuracy.flatMap(({ detectableLoss }) => detectableLoss ?? []);
  if (accuracy.length === 0) return [];
  const power = formatWholePercent(sensitivity.power);
  const none = accuracy.length - losses.length;
  const ends = [...new Set([Math.min(...losses), Math.max(...losses)].map(formatLoss))];
  return [
    ...(losses.length > 0
      ? [
          `a loss of accuracy of less than ${ends.join(' to ')}, depending on the comparison: ` +
            `it is found in fewer than ${power} of the checks`,
        ]
      : []),
    ...(none > 0 ? [`any loss, in ${none} of ${accuracy.length} comparisons`] : []),
  ];
}

function refreshAdvice({ url = LOCAL_URL, modelsDir, baseline }: CommentContext): string {
  const source = modelsDir === undefined ? `--url ${url}` : `--models-dir ${modelsDir}`;
  const command = `npx bindscope check ${source} --baseline ${baseline} --update`;
  return `If the change is intended, record the baseline anew and commit it: \`${command}\``;
}

const section = (title: string, items: readonly string[]): string[] =>
  items.length === 0 ? [] : ['', `### ${title}`, '', ...items.map((item) => `- ${item}`)];
