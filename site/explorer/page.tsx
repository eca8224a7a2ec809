import type { FunctionComponent } from 'preact';
import { useCallback, useMemo, useState } from 'preact/hooks';
import {
  explorerParametersSchema,
  sceneEditorParametersSchema,
  type ExplorerParameters,
} from '../../contract/page-parameters.ts';
import type { ExplorerState } from '../../contract/pages.ts';
import { writeSceneText } from '../../contract/scene-text.ts';
import { elementAt } from '../../task/element-at.ts';
import { queryName, type Query } from '../../task/query.ts';
import { LIMITS } from '../../task/spec.ts';
import { addressOf } from '../lib/address.ts';
import { useAddress, type Change } from '../lib/use-address.ts';
import { useArrowKeys } from '../lib/use-arrow-keys.ts';
import { useRequest } from '../lib/use-request.ts';
import { EmbedDialog } from '../components/embed-dialog.tsx';
import { ModelChoice } from '../components/model-choice.tsx';
import { ObjectsSlider } from '../components/objects-slider.tsx';
import { PageLayout } from '../components/page-layout.tsx';
import { Picture } from '../components/picture.tsx';
import { ORDER_NAMES, RadioChoice } from '../components/radio-choice.tsx';
import { Share } from '../components/share.tsx';
import { Answers, isAnswered } from './answers.tsx';
import { Claim } from './claim.tsx';
import { useGuessing } from './guess.ts';
import { GuessPanel, SharedScore } from './guess-panel.tsx';
import type { CurveSectionProps } from './curve-section.tsx';
import { PathSection } from './path/path-section.tsx';
import {
  applySceneChange,
  sceneQueryId,
  sceneQueryOf,
  sceneRequests,
  sceneSettings,
  selectModels,
} from './plan.ts';
import { predictScene } from './predict.ts';
import { Question } from './question.tsx';
import { Requests } from './requests.tsx';
import { Story } from './story.tsx';
import { currentStep, stepSettings } from './story-steps.ts';
import { SceneText } from './scene-text.tsx';

const MIN_OBJECTS = 2;
/** A moving slider sends a request after it has stopped for so long, in milliseconds. */
const SLIDER_DELAY = 160;

export interface ExplorerPageProps {
  readonly state: ExplorerState;
  /** Far below the first screen, so that the browser loads it later than the server renders it. */
  readonly Curve: FunctionComponent<CurveSectionProps>;
}

export function ExplorerPage({ state, Curve }: ExplorerPageProps) {
  const { models, origin } = state;
  const [parameters, setParameters] = useAddress(state.parameters, explorerParametersSchema);
  const chosen = useMemo(
    () => selectModels(models, parameters.models),
    [models, parameters.models],
  );
  return (
    <PageLayout page="explorer">
      <section class="intro">
        <Claim models={models} chosen={chosen} />
        {state.parameters.score !== undefined && (
          <SharedScore text={state.parameters.score} chosen={chosen} />
        )}
      </section>
      {chosen.length === 0 ? (
        <p class="empty">This deployment has no models.</p>
      ) : (
        <SceneExplorer state={state} parameters={parameters} onChange={setParameters} />
      )}
      <Curve models={models} chosen={chosen} />
      <Requests models={chosen} origin={origin} />
    </PageLayout>
  );
}

interface SceneExplorerProps {
  readonly state: ExplorerState;
  readonly parameters: ExplorerParameters;
  readonly onChange: Change<ExplorerParameters>;
}

/** A scene, a question about it, and the answers of two models. */
function SceneExplorer({ state, parameters, onChange: onParameters }: SceneExplorerProps) {
  const { models } = state;
  const chosen = selectModels(models, parameters.models);
  const { objects, sceneIndex, order } = sceneSettings(parameters);
  const onChange = useCallback<Change<ExplorerParameters>>(
    (change, how) => {
      // A step of the story, and a score, belong to the address that was opened.
      onParameters(
        { step: undefined, score: undefined, ...applySceneChange(parameters, change) },
        how,
      );
    },
    [onParameters, parameters],
  );
  const query = sceneQueryOf(chosen, parameters);
  const requests = sceneRequests(chosen, parameters);
  const [initial] = useState(state.answers);
  const { state: answers, retry } = useRequest(
    JSON.stringify(requests),
    (signal) => predictScene(requests, signal),
    { delay: SLIDER_DELAY, isComplete: isAnswered, ...(initial.length > 0 && { initial }) },
  );
  const { scene } = query;
  const known = answers.status === 'done' ? answers.value : [];
  const guessing = useGuessing(
    queryName(sceneQueryId(chosen, parameters)),
    elementAt(scene.objects, query.object).item,
    chosen.map(({ id }) => id),
    known,
  );
  const shown = guessing.isHidden ? [] : known;
  const askAbout = useCallback(
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
  const moveScene = useCallback(
    (by: number) => {
      onChange({ sceneIndex: Math.max(0, sceneIndex + by), questionIndex: 0 });
    },
    [onChange, sceneIndex],
  );
  useArrowKeys(objects, setObjects, moveScene);
  const address = (change: Partial<ExplorerParameters> = {}) =>
    addressOf('/', explorerParametersSchema, {
      ...parameters,
      ...applySceneChange(parameters, change),
    });

  const step = currentStep(parameters, objects);
  return (
    <>
      <Story
        models={models}
        chosen={chosen}
        query={query}
        answers={shown}
        current={step}
        addressOf={(next) => address(stepSettings(next))}
        onStep={(next) => {
          onChange(stepSettings(next));
          if (next === 4) document.getElementById('path')?.scrollIntoView();
        }}
      />
      <form
        id="explorer"
        class="explorer"
        action="/#explorer"
        aria-label="Scene and question"
        onSubmit={(event) => {
          event.preventDefault();
        }}
      >
        <input type="hidden" name="sceneIndex" value={sceneIndex} />
        <div class="controls">
          <ObjectsSlider value={objects} min={MIN_OBJECTS} onInput={setObjects} />
          <a
            class="button"
            href={address({ sceneIndex: sceneIndex + 1, questionIndex: 0 })}
            onClick={(event) => {
              event.preventDefault();
              moveScene(1);
            }}
          >
            Next scene
          </a>
        </div>
        <div class="scene-and-answers">
          <Picture
            objects={scene.objects}
            grid={sceneQueryId(chosen, parameters).spec.grid}
            asked={query.object}
            onSelect={askAbout}
          />
          <div class="question-and-answers">
            <Question object={elementAt(scene.objects, query.object)} isHidden={guessing.isHidden}>
              {objects > LIMITS.inDistribution &&
                `No model was trained on more than ${LIMITS.inDistribution} objects.`}
            </Question>
            <Answers
              models={models}
              requests={requests}
              state={answers}
              retry={retry}
              isHidden={guessing.isHidden}
            />
            <GuessPanel query={query} chosen={chosen} parameters={parameters} guessing={guessing} />
            <ModelChoice
              models={models}
              chosen={chosen}
              onChange={(ids) => {
                onChange({ models: ids });
              }}
            />
            <RadioChoice
              name="order"
              legend="Associations"
              value={order}
              options={ORDER_NAMES}
              onChange={(value) => {
                onChange({ order: value });
              }}
            />
            <noscript>
              <button>Show</button>
            </noscript>
          </div>
        </div>
        <SceneText
          query={query}
          models={models}
          answers={shown}
          isHidden={guessing.isHidden}
          onAsk={askAbout}
          questionIndexOf={(object) => scene.asked.indexOf(object)}
        />
        <Share address={address()}>
          <EmbedDialog
            load={async () =>
              (await import('../components/snippets.ts')).sceneSnippets(
                parameters,
                chosen,
                address(),
              )
            }
          />
          <a href={editorAddress(query, parameters.models)}>Edit this scene</a>
          <span class="hint keyboard-hints">
            <kbd>←</kbd> <kbd>→</kbd> fewer, more objects · <kbd>Shift</kbd> + <kbd>→</kbd> next
            scene
          </span>
        </Share>
      </form>
      <PathSection
        models={models}
        chosen={chosen}
        query={query}
        queryId={sceneQueryId(chosen, parameters)}
        isHidden={guessing.isHidden}
      />
    </>
  );
}

/** The address of the scene editor with this scene. */
const editorAddress = ({ scene, object }: Query, models: readonly string[] | undefined): string =>
  addressOf('/build', sceneEditorParametersSchema, {
    scene: writeSceneText(scene.objects),
    questionIndex: object,
    order: 'context',
    ...(models && { models: [...models] }),
  });
