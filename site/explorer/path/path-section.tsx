import { useEffect, useRef, useState } from 'preact/hooks';
import type { SiteModel } from '../../../contract/pages.ts';
import { queryName, type Query, type QueryId } from '../../../task/query.ts';
import type { Modality } from '../../../task/spec.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { ModelMarker } from '../../components/marks.tsx';
import { useRequest } from '../../lib/use-request.ts';
import { hasVision } from '../plan.ts';
import { rowCount } from './geometry.ts';
import { KindMark } from './kind-mark.tsx';
import { PathControls } from './path-controls.tsx';
import type { PathPanel } from './path-panel.tsx';
import { usePlayer } from './use-player.ts';
import { useVisible } from '../../lib/use-visible.ts';

export interface PathSectionProps {
  readonly models: readonly SiteModel[];
  readonly chosen: readonly SiteModel[];
  readonly query: Query;
  readonly queryId: QueryId;
  /** Whether answers are hidden until the visitor has guessed. */
  readonly isHidden: boolean;
}

/** Until the models have been measured; that of the preset `pocket`. */
const DEFAULT_LAYERS = 8;
const PENDING = 'waiting for the measurement…';

/** The drawing is not part of the first view, so its code is loaded when a reader comes near. */
function usePanel(isVisible: boolean): typeof PathPanel | undefined {
  const [panel, setPanel] = useState<{ readonly component: typeof PathPanel }>();
  useEffect(() => {
    if (!isVisible) return;
    void import('./path-panel.tsx').then(({ PathPanel: component }) => {
      setPanel({ component });
    });
  }, [isVisible]);
  return panel?.component;
}

/** How each model found its answer to the question on screen: measured when a reader comes near. */
export function PathSection({ models, chosen, query, queryId, isHidden }: PathSectionProps) {
  const section = useRef<HTMLElement>(null);
  const isVisible = useVisible(section);
  const Panel = usePanel(isVisible);
  const [wanted, setModality] = useState<Modality>('text');
  const [isLocal, setLocal] = useState(false);
  const [cuts, setCuts] = useState<Readonly<Record<string, number>>>({});
  const modalityOf = (model: SiteModel): Modality =>
    wanted === 'image' && hasVision(model) ? 'image' : 'text';
  const requests = chosen.map((model) => ({
    model,
    query: { ...queryId, spec: { ...queryId.spec, modality: modalityOf(model) } },
  }));
  const named = requests.map(({ model, query: id }) => ({ model: model.id, query: queryName(id) }));
  const question = JSON.stringify(named);
  const key = `${isLocal ? 'here ' : ''}${question}`;
  const { state, retry } = useRequest(
    isVisible && !isHidden ? key : null,
    async (signal) =>
      isLocal
        ? (await import('./load-local.ts')).loadLocalPaths(requests)
        : (await import('./load.ts')).loadPaths(named, signal),
    { delay: 160 },
  );
  const paths = state.status === 'done' ? state.value : [];
  const layers = Math.max(
    DEFAULT_LAYERS,
    ...paths.flatMap(({ figures }) => (figures ? [figures.stream.length - 1] : [])),
  );
  const player = usePlayer(layers);
  // A cut belongs to one question.
  useEffect(() => {
    setCuts({});
  }, [question]);
  return (
    <section ref={section} id="path" class="path" aria-labelledby="path-title">
      <h2 id="path-title">How did each network find its answer?</h2>
      <p class="lead">
        We cut what the network can look back at, one word at a time. An arrow shows a word that the
        answer needs; the thicker, the more of the answer is lost without it. Click an arrow to cut
        it.
      </p>
      <p class="path-legend">
        <KindMark kind="shape" named /> through the shape itself <KindMark kind="place" named />{' '}
        through other words, which only mark a place
      </p>
      <PathControls
        layers={layers}
        player={player}
        canSee={chosen.some(hasVision)}
        modality={wanted}
        onModality={setModality}
        isLocal={isLocal}
        onLocal={setLocal}
      />
      <noscript>
        <p class="hint">The measurement needs JavaScript.</p>
      </noscript>
      {state.status === 'failed' && <ErrorMessage error={state.error} retry={retry} />}
      <div class="path-panels">
        {chosen.map((model) => {
          const path = paths.find((one) => one.model === model.id);
          const modality = modalityOf(model);
          return (
            <section
              key={model.id}
              class="path-panel"
              aria-label={`How ${model.id} found its answer`}
            >
              <h3>
                <ModelMarker displayIndex={models.indexOf(model)} />
                {model.id}{' '}
                <small>{modality === 'text' ? 'reads the text' : 'sees the picture'}</small>
              </h3>
              {Panel && path?.figures ? (
                <Panel
                  model={model.id}
                  query={query}
                  modality={modality}
                  grid={queryId.spec.grid}
                  figures={path.figures}
                  layer={player.layer}
                  cut={cuts[model.id] ?? null}
                  onCut={(token) => {
                    setCuts(({ [model.id]: before, ...others }) =>
                      before === token ? others : { ...others, [model.id]: token },
                    );
                    player.setLayer(layers);
                  }}
                />
              ) : (
                <>
                  <p class="path-answer pending">{path?.reason || PENDING}</p>
                  <svg
                    class="path-room"
                    height={`${1.75 * rowCount(query.scene.objects.length)}rem`}
                  />
                  <div class="path-words" />
                </>
              )}
            </section>
          );
        })}
      </div>
    </section>
  );
}
