import type { RecordedModel, Tolerances } from '../contract/baseline.ts';
import type { Finding } from '../contract/regression.ts';

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
