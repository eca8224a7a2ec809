import type { Baseline, CodeVersion, RecordedModel, Tolerances } from '../contract/baseline.ts';
import type { Finding } from '../contract/regression.ts';

/** Days after which a baseline is called old. */
const OLD_AFTER_DAYS = 90;

/** Whole days between two times; negative where the second is the earlier one. */
export const daysBetween = (earlier: string, later: string): number =>
  Math.floor((Date.parse(later) - Date.parse(earlier)) / (24 * 60 * 60 * 1000));

/** `0.1.0 (5b616e2202dd)` */
export const describeCode = ({ version, commit }: CodeVersion): string =>
  commit === null ? version : `${version} (${shortCommit(commit)})`;

/** A commit that is not known may be the same one. */
const isOtherCode = (a: CodeVersion, b: CodeVersion): boolean =>
  a.version !== b.version || (a.commit !== null && b.commit !== null && a.commit !== b.commit);

const shortCommit = (commit: string) => commit.replace(/^([0-9a-f]{12})[0-9a-f]+/, '$1');

/** Findings about the baseline itself: that it is old, or of other code than the check. */
export function baselineFindings(before: Baseline, after: Baseline): Finding[] {
  const notice = (kind: Finding['kind'], message: string): Finding => ({
    level: 'notice',
    kind,
    model: null,
    message,
  });
  const findings: Finding[] = [];
  const days = daysBetween(before.recorded, after.recorded);
  if (days < -1) {
    const message = `the baseline was recorded at ${before.recorded}, which is in the future: a clock is wrong`;
    findings.push(notice('baseline-age', message));
  } else if (days > OLD_AFTER_DAYS) {
    const message = `the baseline is ${days} days old; after a look at this report, --update records it anew`;
    findings.push(notice('baseline-age', message));
  }
  const [recorded, current] = [before.code, after.code];
  if (!recorded) {
    const message = 'the baseline does not say which version of bindscope recorded it';
    findings.push(notice('baseline-code', message));
  } else if (current && isOtherCode(recorded, current)) {
    const message =
      `bindscope ${describeCode(recorded)} recorded the baseline, and this is ` +
      describeCode(current);
    findings.push(notice('baseline-code', message));
  }
  return findings;
}

/** Findings about a model other than its accuracy: changes of its files, latency and mechanism. */
export function modelFindings(
  before: RecordedModel,
  after: RecordedModel,
  tolerances: Tolerances,
): Finding[] {
  const model = before.id;
  const findings: Finding[] = [];
  for (const file of ['model', 'encoder'] as const) {
    const [recorded, current] = [before.digests[file], after.digests[file]];
    if (recorded === current) continue;
    findings.push({
      level: tolerances.digests === 'fail' ? 'failure' : 'notice',
      kind: 'digest',
      model,
      message: `${file}.onnx of "${model}" has changed: sha256 ${shortDigest(recorded)}, now ${shortDigest(current)}`,
    });
  }
  const ratio = after.latency.p50 / before.latency.p50;
  if (tolerances.latencyRatio !== null && ratio > tolerances.latencyRatio) {
    const { p50 } = after.latency;
    findings.push({
      level: 'failure',
      kind: 'latency',
      model,
      message:
        `"${model}" takes ${p50.toFixed(1)} ms (median), ${ratio.toFixed(2)} times as long as in the ` +
        `baseline; at most ${tolerances.latencyRatio} times is allowed`,
    });
  }
  for (const { modality, order, mechanism: recorded } of before.conditions) {
    const current = after.conditions.find(
      (c) => c.modality === modality && c.order === order,
    )?.mechanism;
    if (!recorded || !current || recorded.mechanism === current.mechanism) continue;
    findings.push({
      level: 'notice',
      kind: 'mechanism',
      model,
      message:
        `the mechanism of "${model}" on ${modality} was ${recorded.mechanism} and is now ` +
        `${current.mechanism}: ${current.positional} positional and ${current.symbolic} symbolic of ` +
        `${current.solved} solved pairs`,
    });
  }
  return findings;
}

const shortDigest = (digest: string | null) => digest?.slice(0, 12) ?? 'none';
