import { count } from '../lib/format.ts';
import type { Engine, UsedEngine } from './messages.ts';
import type { ServerComparison } from './session.ts';

const ENGINE_NAMES: Readonly<Record<Engine, string>> = { webgpu: 'WebGPU', wasm: 'WebAssembly' };

const LABELS = {
  engine: 'Engine',
  equalAnswers: 'Answers equal to the server’s',
  here: 'Time here',
  server: 'Time of the server',
  correct: 'Correct',
} as const;

/** The rows of the report before the first run. */
export function EmptyReport() {
  return (
    <dl class="report">
      {Object.values(LABELS).map((label) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd class="pending">not run yet</dd>
        </div>
      ))}
    </dl>
  );
}

export interface ReportProps extends ServerComparison {
  readonly used: UsedEngine;
}

/** The results of a run in this browser, compared with the server. */
export function Report(props: ReportProps) {
  const { queries, correctHere, equalAnswers, maxProbabilityDelta, used } = props;
  const { millisecondsHere, millisecondsServer } = props;
  return (
    <dl class="report is-complete">
      <div>
        <dt>{LABELS.engine}</dt>
        <dd>
          <b>{ENGINE_NAMES[used.engine]}</b> {used.detail && <small>({used.detail})</small>}
        </dd>
      </div>
      <div>
        <dt>{LABELS.equalAnswers}</dt>
        <dd>
          <b>
            {count(equalAnswers)} of {queries}
          </b>{' '}
          <small>
            probabilities differ by at most{' '}
            {maxProbabilityDelta < 1e-6 ? 'one in a million' : maxProbabilityDelta.toPrecision(2)}
          </small>
        </dd>
      </div>
      <div>
        <dt>{LABELS.here}</dt>
        <dd>
          <b>{(millisecondsHere / queries).toFixed(2)} ms per question</b>{' '}
          <small>{millisecondsHere.toFixed(0)} ms in total, after the first run</small>
        </dd>
      </div>
      <div>
        <dt>{LABELS.server}</dt>
        <dd>
          <b>{(millisecondsServer / queries).toFixed(2)} ms per question</b>{' '}
          <small>{millisecondsServer.toFixed(0)} ms in total, including the network</small>
        </dd>
      </div>
      <div>
        <dt>{LABELS.correct}</dt>
        <dd>
          <b>
            {correctHere} of {queries}
          </b>
        </dd>
      </div>
    </dl>
  );
}
