import { useEffect, useRef, useState } from 'preact/hooks';
import {
  inBrowserParametersSchema,
  type InBrowserParameters,
} from '../../contract/page-parameters.ts';
import type { InBrowserState, SiteModel } from '../../contract/pages.ts';
import { addressOf } from '../lib/address.ts';
import { fileSize, percent } from '../lib/format.ts';
import { useAddress, type Change } from '../lib/use-address.ts';
import { ErrorMessage } from '../components/error-message.tsx';
import { ObjectsSlider } from '../components/objects-slider.tsx';
import { PageLayout } from '../components/page-layout.tsx';
import { Share } from '../components/share.tsx';
import { LocalModel } from './local-model.ts';
import type { UsedEngine } from './messages.ts';
import { EmptyReport, Report } from './report.tsx';
import { compareWithServer, loadMessage, QUERIES, type ServerComparison } from './session.ts';

export function InBrowserPage({ models, parameters: initial }: InBrowserState) {
  const [parameters, change] = useAddress(initial, inBrowserParametersSchema);
  const model = models.find(({ id }) => id === parameters.model) ?? models.at(0);
  return (
    <PageLayout page="in-browser">
      <section class="intro">
        <h1>In your browser</h1>
        <p class="lead">
          The model file of the server also runs here, with the same code for task and prompts, on
          the graphics processor if the browser supports it.
        </p>
        <noscript>
          <p class="error-message">Running a model needs JavaScript.</p>
        </noscript>
      </section>
      {model ? (
        <LocalRun models={models} model={model} parameters={parameters} change={change} />
      ) : (
        <p class="empty">This deployment has no models.</p>
      )}
    </PageLayout>
  );
}

/** Approximate size of ONNX Runtime with an engine, compressed; loaded once. */
const RUNTIME_BYTES = { auto: 6.8e6, webgpu: 6.8e6, wasm: 3.7e6 } as const;

const ENGINE_CHOICES: Readonly<Record<InBrowserParameters['engine'], string>> = {
  auto: 'the fastest one',
  webgpu: 'WebGPU, if available',
  wasm: 'WebAssembly',
};

type Progress =
  | { readonly stage: 'idle' }
  | { readonly stage: 'loading'; readonly share: number }
  | { readonly stage: 'running'; readonly share: number }
  | { readonly stage: 'done'; readonly comparison: ServerComparison }
  | { readonly stage: 'failed'; readonly error: unknown };

interface LocalRunProps {
  readonly models: readonly SiteModel[];
  readonly model: SiteModel;
  readonly parameters: InBrowserParameters;
  readonly change: Change<InBrowserParameters>;
}

function LocalRun({ models, model, parameters, change }: LocalRunProps) {
  const { engine } = parameters;
  const [progress, setProgress] = useState<Progress>({ stage: 'idle' });
  const [used, setUsed] = useState<UsedEngine>();
  const local = useRef<{ key: string; model: LocalModel }>(undefined);
  useEffect(() => () => running.current?.stop(), []);
  const running = useRef<LocalModel>(undefined);
  const key = `${model.id} ${engine}`;
  const isBusy = progress.stage === 'loading' || progress.stage === 'running';
  const cancel = () => {
    running.current?.stop();
    local.current = undefined;
    setUsed(undefined);
    setProgress({ stage: 'idle' });
  };

  const start = async (next: InBrowserParameters) => {
    try {
      if (local.current?.key !== key) {
        local.current?.model.stop();
        local.current = undefined;
        setUsed(undefined);
        setProgress({ stage: 'loading', share: 0 });
        const localModel = new LocalModel();
        running.current = localModel;
        const loaded = await localModel.load(loadMessage(model, next), (share) => {
          setProgress({ stage: 'loading', share });
        });
        local.current = { key, model: localModel };
        setUsed(loaded);
      }
      const show = (share: number) => {
        setProgress({ stage: 'running', share });
      };
      show(0);
      const comparison = await compareWithServer(local.current.model, model, next, show);
      setProgress({ stage: 'done', comparison });
    } catch (error) {
      setProgress({ stage: 'failed', error });
    }
  };
  const bytes = model.files.model.bytes + (model.files.encoder?.bytes ?? 0);
  return (
    <div class="local-run">
      <div class="controls">
        <ObjectsSlider
          value={parameters.objects}
          onInput={(objects) => {
            change({ objects }, 'replace');
          }}
        />
        <p class="selects">
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
          <label for="engine">Engine</label>
          <select
            id="engine"
            value={engine}
            onChange={(event) => {
              change({ engine: event.currentTarget.value as InBrowserParameters['engine'] });
            }}
          >
            {Object.entries(ENGINE_CHOICES).map(([choice, name]) => (
              <option key={choice} value={choice} selected={choice === engine}>
                {name}
              </option>
            ))}
          </select>
        </p>
      </div>
      <p class="start">
        <button
          type="button"
          disabled={isBusy}
          onClick={() => {
            const more = progress.stage === 'done';
            const sceneIndex = parameters.sceneIndex + (more ? QUERIES : 0);
            if (more) change({ sceneIndex });
            void start({ ...parameters, sceneIndex });
          }}
        >
          {progress.stage === 'done'
            ? `Ask ${QUERIES} other questions`
            : `Load the model and ask ${QUERIES} questions`}
        </button>{' '}
        {isBusy && (
          <button type="button" onClick={cancel}>
            Cancel
          </button>
        )}{' '}
        <span class="hint">
          {local.current?.key === key
            ? 'The model is loaded.'
            : `Loads ${fileSize(bytes)} of model and, the first time, about ${fileSize(RUNTIME_BYTES[engine])} of ONNX Runtime.`}
        </span>
      </p>
      <div aria-live="polite" class="local-result">
        {progress.stage === 'idle' && <EmptyReport />}
        {progress.stage === 'loading' && (
          <p>
            <progress value={progress.share} aria-label="model loaded" />{' '}
            {progress.share < 1
              ? `${percent(progress.share, 0)} of the model`
              : 'Starting ONNX Runtime…'}
          </p>
        )}
        {progress.stage === 'running' && (
          <p>
            <progress value={progress.share} aria-label="questions answered here" /> Answering here,
            then asking the server the same questions…
          </p>
        )}
        {progress.stage === 'failed' && (
          <Failure
            error={progress.error}
            retry={() => {
              void start(parameters);
            }}
          />
        )}
        {progress.stage === 'done' && used && <Report {...progress.comparison} used={used} />}
      </div>
      <Share address={addressOf('/in-browser', inBrowserParametersSchema, parameters)} />
    </div>
  );
}

/** An error of the web worker, or of a request to the server. */
function Failure({ error, retry }: { error: unknown; retry: () => void }) {
  if (!(error instanceof Error) || error.constructor !== Error) {
    return <ErrorMessage error={error} retry={retry} />;
  }
  return (
    <div class="error-message" role="alert">
      <p>The model could not run here: {error.message}.</p>
      <button type="button" onClick={retry}>
        Try again
      </button>
    </div>
  );
}
