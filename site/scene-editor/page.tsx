import { useState } from 'preact/hooks';
import { commonVocabulary } from '../../contract/card.ts';
import { readSceneText, writeSceneText } from '../../contract/scene-text.ts';
import {
  sceneEditorParametersSchema,
  type SceneEditorParameters,
  type SceneEditorState,
  type SiteModel,
} from '../../contract/pages.ts';
import { objectNames, queryOf } from '../../task/query.ts';
import type { SceneObject } from '../../task/scene.ts';
import { addressOf } from '../lib/address.ts';
import { useAddress, type Change } from '../lib/use-address.ts';
import { useRequest } from '../lib/use-request.ts';
import { PageLayout } from '../components/page-layout.tsx';
import { ModelChoice } from '../components/model-choice.tsx';
import { ORDER_WORDS, RadioChoice } from '../components/radio-choice.tsx';
import { Share } from '../components/share.tsx';
import { Answers } from '../explorer/answers.tsx';
import { predictScene } from '../explorer/predict.ts';
import { Lists } from '../explorer/lists.tsx';
import { selectModels, sceneQueryId, sceneQueryOf } from '../explorer/plan.ts';
import { addObject, changeAttribute, moveObject, removeObject, reorderObject } from './edit.ts';
import { Editor } from './editor.tsx';
import { Inspector } from './inspector.tsx';
import { editedSceneRequests, sceneOf } from './inline-query.ts';

export function SceneEditorPage({ models, parameters: initial }: SceneEditorState) {
  const [parameters, change] = useAddress(initial, sceneEditorParametersSchema);
  const asked = selectModels(models, parameters.models);
  return (
    <PageLayout page="scene-editor">
      <section class="claim">
        <h1>Build a query by hand</h1>
        <p class="lead">
          Move, add and recolour shapes; change what goes with what, and the order in which the text
          tells it. Whoever you ask answers at once.
        </p>
        <noscript>
          <p class="trouble">
            Building needs a script of this site. <a href="/reference">The API</a> takes queries
            written out.
          </p>
        </noscript>
      </section>
      {asked.length === 0 ? (
        <p class="empty">This deployment was made without any model, so there is nobody to ask.</p>
      ) : (
        <Workbench models={models} asked={asked} parameters={parameters} change={change} />
      )}
    </PageLayout>
  );
}

/** What stands there before anything was built: one object more than in any training. */
const FIRST = { objects: 9, sceneIndex: 0, questionIndex: 0, order: 'context' } as const;

const BUILT_ORDER_WORDS = {
  context: ORDER_WORDS.context,
  reversed: 'the last one first',
} as const;

interface WorkbenchProps {
  readonly models: readonly SiteModel[];
  readonly asked: readonly SiteModel[];
  readonly parameters: SceneEditorParameters;
  readonly change: Change<SceneEditorParameters>;
}

function Workbench({ models, asked, parameters, change }: WorkbenchProps) {
  const { scene: text, order } = parameters;
  const objects =
    text === undefined ? sceneQueryOf(asked, FIRST).scene.objects : readSceneText(text);
  const ask = Math.min(parameters.questionIndex, objects.length - 1);
  const [selected, setSelected] = useState(ask);
  const at = Math.min(selected, objects.length - 1);
  const vocabulary = commonVocabulary(asked);
  const { grid } = sceneQueryId(asked, FIRST).spec;
  const put = (next: readonly SceneObject[], some: Partial<SceneEditorParameters> = {}) => {
    change({ scene: writeSceneText(next), ...some });
  };
  const remove = (object: number) => {
    put(removeObject(objects, object), { questionIndex: Math.max(0, ask > object ? ask - 1 : ask) });
  };
  const requests = objects.length > 0 ? editedSceneRequests(asked, { objects, questionIndex, order, grid }) : [];
  const { state: answers, retry } = useRequest(
    objects.length > 0 ? JSON.stringify(requests) : null,
    (signal) => predictScene(requests, signal),
    { delay: 200 },
  );
  const shown = answers.status === 'done' ? answers.value : [];
  const address = addressOf('/build', sceneEditorParametersSchema, parameters);

  return (
    <div class="explorer">
      <div class="board">
        <div>
          <Editor
            objects={objects}
            grid={grid}
            selected={at}
            onSelect={setSelected}
            onAdd={(cell) => {
              const next = addObject(objects, cell, vocabulary);
              if (!next) return;
              setSelected(objects.length);
              put(next);
            }}
            onMove={(object, to) => {
              put(moveObject(objects, object, to));
            }}
            onRemove={remove}
          />
          <p class="hint">
            Drag a shape, or press on an empty cell. By keyboard: arrows, Shift + arrow, Enter,
            Delete.
          </p>
        </div>
        <div class="verdicts">
          {objects.length === 0 ? (
            <p class="empty">There is nothing to ask about. Press on a cell to add a shape.</p>
          ) : (
            <>
              <h2>
                Which item goes with the shape that is <em>{objectNames(objects[ask]).colour}</em>?
              </h2>
              <p class="hint">
                Right is <b>{objectNames(objects[ask]).item}</b>.
              </p>
              <Answers models={models} requests={requests} asked={answers} again={retry} />
              <Inspector
                object={objects[at]}
                place={at}
                objects={objects.length}
                vocabulary={vocabulary}
                onChange={(trait, value) => {
                  put(changeAttribute(objects, at, trait, value));
                }}
                onPlace={(place) => {
                  setSelected(place);
                  const next = reorderObject(objects, at, place);
                  // The question stays with its object.
                  put(next, { questionIndex: next.indexOf(objects[ask]) });
                }}
                onRemove={() => {
                  remove(at);
                }}
              />
              {at !== ask && (
                <button
                  type="button"
                  onClick={() => {
                    change({ questionIndex: at });
                  }}
                >
                  Ask about the selected shape
                </button>
              )}
            </>
          )}
          <ModelChoice
            models={models}
            chosen={asked}
            onChange={(ids) => {
              change({ models: ids });
            }}
          />
          <RadioChoice
            name="order"
            legend="Associations"
            value={order}
            words={BUILT_ORDER_WORDS}
            onChange={(value) => {
              change({ order: value });
            }}
          />
        </div>
      </div>
      {objects.length > 0 && (
        <Lists
          query={queryOf(sceneOf(objects, order), ask, {
            modality: 'text',
            question: 'indirect',
            grid,
          })}
          models={models}
          answers={shown}
          onAsk={(object) => {
            setSelected(object);
            change({ questionIndex: object });
          }}
          valueOf={(object) => object}
        />
      )}
      <Share address={address} />
    </div>
  );
}
