import { useEffect, useRef, useState } from 'preact/hooks';
import {
  inBrowserParametersSchema,
  type InBrowserParameters,
  type InBrowserState,
  type SiteModel,
} from '../../contract/pages.ts';
import { addressOf } from '../lib/address.ts';
import { count, megabytes, percent } from '../lib/format.ts';
import { useAddress, type Change } from '../lib/use-address.ts';
import { PageLayout } from '../components/page-layout.tsx';
import { ObjectsSlider } from '../components/objects-slider.tsx';
import { Share } from '../components/share.tsx';
import { ErrorMessage } from '../components/error-message.tsx';
import { LocalModel } from './local-model.ts';
import { compareWithEdge, loadMessage, QUERIES, type EdgeComparison } from './session.ts';

export function InBrowserPage({ models, parameters: initial }: InBrowserState) {
  const [parameters, change] = useAddress(initial, inBrowserParametersSchema);
  const model = models.find(({ id }) => id === parameters.model) ?? models.at(0);
  return (
    <PageLayout page="in-browser">
      <section class="claim">
        <h1>Run it in this browser</h1>
        <p class="lead">
          The model file that answers at the edge can answer here as well: the same bytes, the same
          code for task and prompts, on the graphics processor where the browser gives one.
        </p>
        <noscript>
          <p class="trouble">Running a model needs a script of this site.</p>
        </noscript>
      </section>
      {model ? (
        <LocalRun models={models} model={model} parameters={parameters} change={change} />
      ) : (
        <p class="empty">This deployment was made without any model to run.</p>
      )}
    </PageLayout>
  );
}

/** Compressed, about: what ONNX Runtime for either engine takes to load, once. */
const RUNTIME_BYTES = { webgpu: 6.8e6, wasm: 3.7e6 } as const;

const ENGINES = { webgpu: 'WebGPU', wasm: 'WebAssembly' } as const;

type Stage =
  | { readonly at: 'idle' }
  | { readonly at: 'loading'; readonly share: number }
  | { readonly at: 'running' }
  | { readonly at: 'done'; readonly compared: EdgeComparison }
  | { readonly at: 'failed'; readonly error: unknown };

interface LocalRunProps {
  readonly models: readonly SiteModel[];
  readonly model: SiteModel;
  readonly parameters: InBrowserParameters;
  readonly change: Change<InBrowserParameters>;
}

function LocalRun({ models, model, parameters, change }: LocalRunProps) {
  const { engine } = parameters;
  const [stage, setStage] = useState<Stage>({ at: 'idle' });
  const [used, setUsed] = useState<{ engine: keyof typeof ENGINES; why: string }>();
  const local = useRef<{ key: string; model: LocalModel }>(undefined);
  useEffect(() => () => local.current?.model.stop(), []);

  const start = async (parameters: InBrowserParameters) => {
    const key = `${model.id} ${engine}`;
    try {
      if (local.current?.key !== key) {
        local.current?.model.stop();
        local.current = undefined;
        setUsed(undefined);
        setStage({ at: 'loading', share: 0 });
        const fresh = new LocalModel();
        const loaded = await fresh.load(loadMessage(model, engine), (share) => {
          setStage({ at: 'loading', share });
        });
        local.current = { key, model: fresh };
        setUsed(loaded);
      }
      setStage({ at: 'running' });
      const compared = await compareWithEdge(local.current.model, model, parameters);
      setStage({ at: 'done', compared });
    } catch (error) {
      setStage({ at: 'failed', error });
    }
  };
  const bytes = model.files.model.bytes + (model.files.encoder?.bytes ?? 0);
  const busy = stage.at === 'loading' || stage.at === 'running';
  return (
    <div class="here">
      <div class="controls">
        <ObjectsSlider
          value={parameters.objects}
          onInput={(objects) => {
            change({ objects }, 'replace');
          }}
        />
        <p class="choice">
          <label for="model">Model</label>
          <select
            id="model"
            value={model.id}
            onChange={(event) => {
              change({ model: event.currentTarget.value });
            }}
          >
            {models.map(({ id }) => (
              <option key={id} value={id} selected={id === model.id}>
                {id}
              </option>
            ))}
          </select>
          <label for="engine">on</label>
          <select
            id="engine"
            value={engine}
            onChange={(event) => {
              change({ engine: event.currentTarget.value === 'wasm' ? 'wasm' : 'webgpu' });
            }}
          >
            <option value="webgpu" selected={engine === 'webgpu'}>
              WebGPU, where there is one
            </option>
            <option value="wasm" selected={engine === 'wasm'}>
              WebAssembly
            </option>
          </select>
        </p>
      </div>
      <p class="start">
        <button
          type="button"
          disabled={busy}
          onClick={() => {
            const again = stage.at === 'done';
            const next = {
              ...parameters,
              ...(again && { sceneIndex: parameters.sceneIndex + QUERIES }),
            };
            if (again) change(next);
            void start(next);
          }}
        >
          {stage.at === 'done' ? `Ask ${QUERIES} others` : `Load it and ask ${QUERIES} questions`}
        </button>{' '}
        <span class="hint">
          {local.current?.key === `${model.id} ${engine}`
            ? 'It is loaded.'
            : `Loads ${megabytes(bytes)} of model, and about ${megabytes(RUNTIME_BYTES[engine])} of ONNX Runtime the first time.`}
        </span>
      </p>
      <div aria-live="polite" class="outcome-room">
        {stage.at === 'idle' && <EmptyReport />}
        {stage.at === 'loading' && (
          <p>
            <progress value={stage.share} aria-label="model loaded" />{' '}
            {stage.share < 1 ? `${percent(stage.share, 0)} of the model` : 'starting ONNX Runtime…'}
          </p>
        )}
        {stage.at === 'running' && <p>answering here, then asking the edge the same…</p>}
        {stage.at === 'failed' && (
          <Failed
            error={stage.error}
            again={() => {
              void start(parameters);
            }}
          />
        )}
        {stage.at === 'done' && used && <Report {...stage.compared} model={model.id} used={used} />}
      </div>
      <Share address={addressOf('/here', inBrowserParametersSchema, parameters)} />
    </div>
  );
}

/** What went wrong in the thread has words of its own. */
function Failed({ error, again }: { error: unknown; again: () => void }) {
  if (!(error instanceof Error) || error.constructor !== Error) {
    return <ErrorMessage error={error} retry={again} />;
  }
  return (
    <div class="trouble" role="alert">
      <p>The model could not be run here: {error.message}.</p>
      <button type="button" onClick={again}>
        Try again
      </button>
    </div>
  );
}

/** What there will be to read. */
function EmptyReport() {
  return (
    <dl class="report">
      {Object.values(REPORT_LABELS).map((what) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd class="pending">not yet</dd>
        </div>
      ))}
    </dl>
  );
}

const REPORT_LABELS = {
  engine: 'Run by',
  same: 'The edge’s answers',
  here: 'Time here',
  edge: 'Time of the edge’s answer',
  right: 'Right',
} as const;

interface ReportProps extends EdgeComparison {
  readonly model: string;
  readonly used: { readonly engine: keyof typeof ENGINES; readonly why: string };
}

function Report(props: ReportProps) {
  const { queries, correctHere, sameAnswers, maxProbabilityDelta, millisecondsHere, millisecondsEdge, used } = props;
  return (
    <dl class="report is-told">
      <div>
        <dt>{REPORT_LABELS.engine}</dt>
        <dd>
          <b>{ENGINES[used.engine]}</b> {used.why && <small>({used.why})</small>}
        </dd>
      </div>
      <div>
        <dt>{REPORT_LABELS.same}</dt>
        <dd>
          <b>
            {sameAnswers === queries ? 'all' : count(sameAnswers)} of {queries} the same
          </b>{' '}
          <small>
            a probability differs by at most{' '}
            {maxProbabilityDelta < 1e-6 ? 'one in a million' : maxProbabilityDelta.toPrecision(2)}
          </small>
        </dd>
      </div>
      <div>
        <dt>{REPORT_LABELS.here}</dt>
        <dd>
          <b>{(millisecondsHere / queries).toFixed(2)} ms a question</b>{' '}
          <small>{millisecondsHere.toFixed(0)} ms in all, after the first run</small>
        </dd>
      </div>
      <div>
        <dt>{REPORT_LABELS.edge}</dt>
        <dd>
          <b>{(millisecondsEdge / queries).toFixed(2)} ms a question</b>{' '}
          <small>{millisecondsEdge.toFixed(0)} ms in all, network included</small>
        </dd>
      </div>
      <div>
        <dt>{REPORT_LABELS.right}</dt>
        <dd>
          <b>
            {correctHere} of {queries}
          </b>
        </dd>
      </div>
    </dl>
  );
}
