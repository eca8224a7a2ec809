import type { RecordedModel, Tolerances } from '../contract/baseline.ts';
import type { Finding } from '../contract/regression.ts';

/** What is to be said of a model beside its accuracy: its files, its latency, its mechanism. */
export function findingsOf(
  before: RecordedModel,
  after: RecordedModel,
  tolerances: Tolerances,
): Finding[] {
  const model = before.id;
  const findings: Finding[] = [];
  for (const file of ['model', 'encoder'] as const) {
    const [then, now] = [before.digests[file], after.digests[file]];
    if (then === now) continue;
    findings.push({
      level: tolerances.digests === 'fail' ? 'failure' : 'notice',
      kind: 'digest',
      model,
      message: `${file}.onnx of "${model}" is another file: sha256 ${short(then)}, now ${short(now)}`,
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
        `baseline; ${tolerances.latencyRatio} times is allowed`,
    });
  }
  for (const { modality, order, mechanism: then } of before.conditions) {
    const now = after.conditions.find(
      (c) => c.modality === modality && c.order === order,
    )?.mechanism;
    if (!then || !now || then.mechanism === now.mechanism) continue;
    findings.push({
      level: 'notice',
      kind: 'mechanism',
      model,
      message:
        `the mechanism of "${model}" on ${modality} was ${then.mechanism} and is ${now.mechanism}: ` +
        `${now.positional} positional and ${now.symbolic} symbolic of ${now.solved} solved pairs`,
    });
  }
  return findings;
}

const short = (digest: string | null) => digest?.slice(0, 12) ?? 'none';
