import { useCallback, useState } from 'preact/hooks';
import { writeSceneText } from '../../contract/scene-text.ts';
import {
  sceneEditorParametersSchema,
  explorerParametersSchema,
  type ExplorerParameters,
  type ExplorerState,
} from '../../contract/pages.ts';
import { objectNames, type Query } from '../../task/query.ts';
import { LIMITS } from '../../task/spec.ts';
import { addressOf } from '../lib/address.ts';
import { useAddress, type Change } from '../lib/use-address.ts';
import { useArrowKeys } from '../lib/use-arrow-keys.ts';
import { useRequest } from '../lib/use-request.ts';
import { PageLayout } from '../components/page-layout.tsx';
import { EmbedDialog } from '../components/embed-dialog.tsx';
import { ModelChoice } from '../components/model-choice.tsx';
import { ObjectsSlider } from '../components/objects-slider.tsx';
import { Picture } from '../components/picture.tsx';
import { ORDER_WORDS, RadioChoice } from '../components/radio-choice.tsx';
import { Share } from '../components/share.tsx';
import { sceneSnippets } from '../components/snippets.ts';
import { Answers } from './answers.tsx';
import { predictScene } from './predict.ts';
import { Claim } from './claim.tsx';
import { CurveSection } from './curve-section.tsx';
import { Lists } from './lists.tsx';
import {
  applySceneChange,
  selectModels,
  sceneSettings,
  sceneQueryId,
  sceneRequests,
  sceneQueryOf,
} from './plan.ts';
import { Requests } from './requests.tsx';

/** Objects are too few to be asked about in several ways below this. */
const MIN_OBJECTS = 2;
/** A slider that moves asks when it rests. */
const SLIDER_DELAY = 160;

export function ExplorerPage(state: ExplorerState) {
  const { models, origin } = state;
  const [parameters, setParameters] = useAddress(state.parameters, explorerParametersSchema);
  const asked = selectModels(models, parameters.models);
  return (
    <PageLayout page="explorer">
      <section class="claim">
        <Claim models={models} asked={asked} />
      </section>
      {asked.length === 0 ? (
        <p class="empty">This deployment was made without any model, so there is nobody to ask.</p>
      ) : (
        <SceneExplorer state={state} parameters={parameters} onChange={setParameters} />
      )}
      <CurveSection models={models} asked={asked} />
      <Requests models={asked} origin={origin} />
    </PageLayout>
  );
}

interface SceneExplorerProps {
  readonly state: ExplorerState;
  readonly parameters: ExplorerParameters;
  readonly onChange: Change<ExplorerParameters>;
}

function SceneExplorer({ state, parameters, onChange: onParameters }: SceneExplorerProps) {
  const { models } = state;
  const asked = selectModels(models, parameters.models);
  const { objects, sceneIndex, order } = sceneSettings(parameters);
  const onChange = useCallback<Change<ExplorerParameters>>(
    (change, how) => {
      onParameters(applySceneChange(parameters, change), how);
    },
    [onParameters, parameters],
  );
  const query = sceneQueryOf(asked, parameters);
  const requests = sceneRequests(asked, parameters);
  const [given] = useState(state.answers);
  const { state: answers, retry } = useRequest(
    JSON.stringify(requests),
    (signal) => predictScene(requests, signal),
    { delay: SLIDER_DELAY, ...(given.length > 0 && { initial: given }) },
  );
  const { scene } = query;
  const pick = useCallback(
    (object: number) => {
      onChange({ questionIndex: scene.asked.indexOf(object) });
    },
    [onChange, scene],
  );
  const setObjects = useCallback(
    (next: number) => {
      onChange({ objects: next, questionIndex: 0 }, 'replace');
    },
    [onChange],
  );
  const turn = useCallback(
    (by: number) => {
      onChange({ sceneIndex: Math.max(0, sceneIndex + by), questionIndex: 0 });
    },
    [onChange, sceneIndex],
  );
  useArrowKeys(objects, setObjects, turn);
  const { colour, item } = objectNames(scene.objects[query.object]);
  const address = (change: Partial<ExplorerParameters> = {}) =>
    addressOf('/', explorerParametersSchema, { ...parameters, ...applySceneChange(parameters, change) });

  return (
    <form
      id="explorer"
      class="explorer"
      action="/#explorer"
      aria-label="One round"
      onSubmit={(event) => {
        event.preventDefault();
      }}
    >
      <input type="hidden" name="sceneIndex" value={sceneIndex} />
      <div class="controls">
        <ObjectsSlider value={objects} least={MIN_OBJECTS} onInput={setObjects} />
        <a
          class="button"
          href={address({ sceneIndex: sceneIndex + 1, questionIndex: 0 })}
          onClick={(event) => {
            event.preventDefault();
            turn(1);
          }}
        >
          Another one
        </a>
      </div>
      <div class="board">
        <Picture
          objects={scene.objects}
          grid={sceneQueryId(asked, parameters).spec.grid}
          asked={query.object}
          onPick={pick}
        />
        <div class="verdicts">
          <h2>
            Which item goes with the shape that is <em>{colour}</em>?
          </h2>
          <p class="hint">
            Right is <b>{item}</b>.{' '}
            {objects > LIMITS.inDistribution
              ? `No model was trained on more than ${LIMITS.inDistribution} objects.`
              : ''}
          </p>
          <Answers models={models} requests={requests} asked={answers} again={retry} />
          <ModelChoice
            models={models}
            chosen={asked}
            onChange={(ids) => {
              onChange({ models: ids });
            }}
          />
          <RadioChoice
            name="order"
            legend="Associations"
            value={order}
            words={ORDER_WORDS}
            onChange={(value) => {
              onChange({ order: value });
            }}
          />
          <noscript>
            <button>Show this</button>
          </noscript>
        </div>
      </div>
      <Lists
        query={query}
        models={models}
        answers={answers.status === 'done' ? answers.value : []}
        onAsk={pick}
        valueOf={(object) => scene.asked.indexOf(object)}
      />
      <Share address={address()}>
        <EmbedDialog snippets={sceneSnippets(parameters, asked, address())} />
        <a href={buildAddress(query, parameters.models)}>Change this scene by hand</a>
        <span class="hint keys">
          <kbd>←</kbd> <kbd>→</kbd> fewer, more objects · <kbd>Shift</kbd> + <kbd>→</kbd> another
          one
        </span>
      </Share>
    </form>
  );
}

/** Where this scene can be changed. */
const buildAddress = ({ scene, object }: Query, models: readonly string[] | undefined): string =>
  addressOf('/build', sceneEditorParametersSchema, {
    scene: writeSceneText(scene.objects),
    questionIndex: object,
    order: 'context',
    ...(models && { models: [...models] }),
  });
