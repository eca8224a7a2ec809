import type { Metric } from '../contract/intervention-documents.ts';
import type {
  DocumentPlan,
  DocumentResponse,
  DocumentResult,
  DocumentSweep,
} from '../contract/intervention-results.ts';
import { OUTCOMES } from '../contract/probes.ts';
import { formatNumber, formatWholePercent } from '../statistics/format.ts';

/** The answer to an intervention document as a table, for the command line and the page. */
export interface DocumentTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** One sentence about what the table counts. */
  readonly note: string;
}

export function documentTable(answer: DocumentResponse): DocumentTable {
  switch (answer.kind) {
    case 'plan':
      return planTable(answer);
    case 'document':
      return resultTable(answer);
    case 'document-sweep':
      return sweepTable(answer);
  }
}

const millions = (work: number): string => `${formatNumber(work / 1e6)} million`;

function planTable({ passes, multiplyAdds, limit, withinLimit }: DocumentPlan): DocumentTable {
  return {
    columns: ['pass', 'run', 'prompts', 'writes', 'sites read'],
    rows: passes.map(({ run, prompts, writes, reads }, index) => [
      String(index),
      run,
      String(prompts),
      writes.map(({ path }) => path).join(', '),
      String(reads.length),
    ]),
    note:
      `${millions(multiplyAdds)} multiply-adds, ${withinLimit ? 'within' : 'above'} the limit of ` +
      `${millions(limit)}.`,
  };
}

function resultTable({ original, counterfactual, runs }: DocumentResult): DocumentTable {
  const all = [
    { ...original, name: 'original', maxLogitDelta: undefined },
    ...(counterfactual
      ? [{ ...counterfactual, name: 'counterfactual', maxLogitDelta: undefined }]
      : []),
    ...runs,
  ];
  return {
    columns: [
      'run',
      'answer',
      'probability',
      'largest logit change',
      ...original.metrics.map(nameOf),
    ],
    rows: all.map(({ name, answer, maxLogitDelta, metrics }) => [
      name,
      answer.name,
      formatWholePercent(answer.probability),
      maxLogitDelta === undefined ? '' : short(maxLogitDelta),
      ...metrics.map(({ value }) => short(value)),
    ]),
    note: `The prompt of every run: ${original.text}`,
  };
}

function sweepTable({ original, runs, solved, pairs }: DocumentSweep): DocumentTable {
  const means = (metrics: DocumentSweep['original']['metrics']) =>
    metrics.map(({ mean, interval }) =>
      mean === null || interval === null
        ? ''
        : `${short(mean)} (${interval.map(short).join(' to ')})`,
    );
  return {
    columns: ['run', ...OUTCOMES, 'largest logit change', ...original.metrics.map(nameOf)],
    rows: [
      ['original', ...OUTCOMES.map(() => ''), '', ...means(original.metrics)],
      ...runs.map(({ name, outcomes, maxLogitDelta, metrics }) => [
        name,
        ...OUTCOMES.map((outcome) => formatWholePercent(outcomes[outcome].accuracy)),
        short(maxLogitDelta),
        ...means(metrics),
      ]),
    ],
    note:
      `${solved} of ${pairs} pairs are solved without writes; shares and means (with 95 % intervals) ` +
      'count only these.',
  };
}

/** Three digits; the JSON has all. */
const short = (value: number): string => String(Number(value.toPrecision(3)));

const nameOf = ({ metric }: { readonly metric: Metric }): string =>
  'probability' in metric
    ? `P(${metric.probability})`
    : `logit(${metric.logitDifference.join(') - logit(')})`;
