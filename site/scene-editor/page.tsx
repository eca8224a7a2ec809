import { useState } from 'preact/hooks';
import { commonVocabulary } from '../../contract/model-facts.ts';
import {
  sceneEditorParametersSchema,
  type SceneEditorParameters,
} from '../../contract/page-parameters.ts';
import type { SceneEditorState, SiteModel } from '../../contract/pages.ts';
import { writeSceneText } from '../../contract/scene-text.ts';
import type { SceneObject } from '../../task/scene.ts';
import { addressOf } from '../lib/address.ts';
import { useAddress, type Change } from '../lib/use-address.ts';
import { useUndo } from '../lib/use-undo.ts';
import { useRequest } from '../lib/use-request.ts';
import { EmbedDialog } from '../components/embed-dialog.tsx';
import { ModelChoice } from '../components/model-choice.tsx';
import { PageLayout } from '../components/page-layout.tsx';
import { ORDER_NAMES, RadioChoice } from '../components/radio-choice.tsx';
import { Share } from '../components/share.tsx';
import { Answers, isAnswered } from '../explorer/answers.tsx';
import { sceneQueryId, selectModels } from '../explorer/plan.ts';
import { predictScene } from '../explorer/predict.ts';
import { Question } from '../explorer/question.tsx';
import { SceneText } from '../explorer/scene-text.tsx';
import { addObject, changeAttribute, moveObject, removeObject, reorderObject } from './edit.ts';
import { Editor } from './editor.tsx';
import { editedObjects, editedQuery, editedSceneRequests, INITIAL_SCENE } from './inline-query.ts';
import { Inspector } from './inspector.tsx';

export function SceneEditorPage({ models, parameters: initial }: SceneEditorState) {
  const [parameters, change] = useAddress(initial, sceneEditorParametersSchema);
  const chosen = selectModels(models, parameters.models);
  return (
    <PageLayout page="scene-editor">
      <section class="intro">
        <h1>Scene editor</h1>
        <p class="lead">
          Move, add and recolour shapes; change their items and their order in the text. The models
          answer after each change.
        </p>
        <noscript>
          <p class="error-message">
            The editor needs JavaScript. <a href="/reference">The API</a> accepts such queries, too.
          </p>
        </noscript>
      </section>
      {chosen.length === 0 ? (
        <p class="empty">This deployment has no models.</p>
      ) : (
        <Workspace models={models} chosen={chosen} parameters={parameters} change={change} />
      )}
    </PageLayout>
  );
}

const EDITOR_ORDER_NAMES = { context: ORDER_NAMES.context, reversed: 'reversed' } as const;

interface WorkspaceProps {
  readonly models: readonly SiteModel[];
  readonly chosen: readonly SiteModel[];
  readonly parameters: SceneEditorParameters;
  readonly change: Change<SceneEditorParameters>;
}

function Workspace({ models, chosen, parameters, change }: WorkspaceProps) {
  const { order } = parameters;
  const objects = editedObjects(chosen, parameters);
  const asked = Math.min(parameters.questionIndex, objects.length - 1);
  const [selection, setSelection] = useState(asked);
  const selected = Math.min(selection, objects.length - 1);
  const askedObject = objects[asked];
  const selectedObject = objects[selected];
  const undo = useUndo<Pick<SceneEditorParameters, 'scene' | 'questionIndex'>>(change);
  const vocabulary = commonVocabulary(chosen);
  const { grid } = sceneQueryId(chosen, INITIAL_SCENE).spec;
  const setObjects = (
    next: readonly SceneObject[],
    further: Partial<SceneEditorParameters> = {},
  ) => {
    undo.remember({ scene: parameters.scene, questionIndex: parameters.questionIndex });
    change({ scene: writeSceneText(next), ...further });
  };
  const remove = (object: number) => {
    const questionIndex = Math.max(0, asked > object ? asked - 1 : asked);
    setObjects(removeObject(objects, object), { questionIndex });
  };
  const requests = askedObject ? editedSceneRequests(chosen, { objects, asked, order, grid }) : [];
  const { state, retry } = useRequest(
    askedObject ? JSON.stringify(requests) : null,
    (signal) => predictScene(requests, signal),
    { delay: 200, isComplete: isAnswered },
  );
  const address = addressOf('/build', sceneEditorParametersSchema, parameters);

  return (
    <div class="explorer">
      <div class="scene-and-answers">
        <div>
          <Editor
            objects={objects}
            grid={grid}
            selected={selected}
            onSelect={setSelection}
            onAdd={(cell) => {
              const next = addObject(objects, cell, vocabulary);
              if (!next) return;
              setSelection(objects.length);
              setObjects(next);
            }}
            onMove={(object, to) => {
              setObjects(moveObject(objects, object, to));
            }}
            onRemove={remove}
          />
          <p class="hint">
            Drag a shape to move it; press an empty cell to add one. Keyboard: arrow keys, Shift +
            arrow key, Enter, Delete; Ctrl + Z takes a change back.
          </p>
          <p>
            <button type="button" disabled={!undo.isPossible} onClick={undo.take}>
              Undo
            </button>
          </p>
        </div>
        <div class="question-and-answers">
          {askedObject && selectedObject ? (
            <>
              <Question object={askedObject} />
              <Answers models={models} requests={requests} state={state} retry={retry} />
              <Inspector
                object={selectedObject}
                index={selected}
                objects={objects.length}
                vocabulary={vocabulary}
                onChange={(attribute, value) => {
                  setObjects(changeAttribute(objects, selected, attribute, value));
                }}
                onReorder={(index) => {
                  setSelection(index);
                  const next = reorderObject(objects, selected, index);
                  // The question stays with its object.
                  setObjects(next, { questionIndex: next.indexOf(askedObject) });
                }}
                onRemove={() => {
                  remove(selected);
                }}
              />
              {selected !== asked && (
                <button
                  type="button"
                  onClick={() => {
                    change({ questionIndex: selected });
                  }}
                >
                  Ask about the selected shape
                </button>
              )}
            </>
          ) : (
            <p class="empty">There are no shapes. Press a cell to add one.</p>
          )}
          <ModelChoice
            models={models}
            chosen={chosen}
            onChange={(ids) => {
              change({ models: ids });
            }}
          />
          <RadioChoice
            name="order"
            legend="Associations"
            value={order}
            options={EDITOR_ORDER_NAMES}
            onChange={(value) => {
              change({ order: value });
            }}
          />
        </div>
      </div>
      {askedObject && (
        <SceneText
          query={editedQuery({ objects, asked, order, grid })}
          models={models}
          answers={state.status === 'done' ? state.value : []}
          onAsk={(object) => {
            setSelection(object);
            change({ questionIndex: object });
          }}
          questionIndexOf={(object) => object}
        />
      )}
      <Share address={address}>
        {askedObject && (
          <EmbedDialog
            load={async () =>
              (await import('../components/snippets.ts')).editedSceneSnippets(
                parameters,
                chosen,
                address,
              )
            }
          />
        )}
      </Share>
    </div>
  );
}
