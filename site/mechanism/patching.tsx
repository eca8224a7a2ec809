import { commonVocabulary } from '../../contract/card.ts';
import type { Intervention, PatchEffect } from '../../contract/interventions.ts';
import type { MechanismParameters, SiteModel } from '../../contract/pages.ts';
import { interchangePair, pairOf, type InterchangePair } from '../../probes/pairs.ts';
import { objectNames } from '../../task/query.ts';
import { COLOURS } from '../../task/colours.ts';
import { parseSpec } from '../../task/spec.ts';
import { toInlineQuery } from '../scene-editor/inline-query.ts';
import { api } from '../lib/api.ts';
import { percent } from '../lib/format.ts';
import { useRequest } from '../lib/use-request.ts';
import type { Change } from '../lib/use-address.ts';
import { ShapeIcon, ModelMarker } from '../components/marks.tsx';
import { ErrorMessage } from '../components/error-message.tsx';
import { Layers, LayersTable, type LayerShares } from './layers.tsx';
import { OUTCOME_WORDS } from './outcomes.ts';

const ROLES = ['asked', 'positional', 'symbolic', 'reflexive'] as const;

const ROLE_WORDS: Readonly<Record<(typeof ROLES)[number], string>> = {
  asked: 'asked about in both',
  positional: 'stands where the counterfactual’s stands',
  symbolic: 'has the shape of the counterfactual’s',
  reflexive: 'has the item of the counterfactual’s',
};

export interface PatchingPanelProps {
  readonly models: readonly SiteModel[];
  readonly model: SiteModel;
  readonly parameters: MechanismParameters;
  readonly change: Change<MechanismParameters>;
}

/** One pair, taken apart: activations of the one are put into the other, a layer at a time. */
export function PatchingPanel({ models, model, parameters, change }: PatchingPanelProps) {
  const { spec, pair } = pairOfPage(model, parameters);
  const request = {
    model: model.id,
    original: toInlineQuery(pair.original, pair.asked, spec),
    counterfactual: toInlineQuery(pair.counterfactual, pair.positional, spec),
  };
  const { state, retry } = useRequest(
    JSON.stringify(request),
    (signal) => api(signal).intervene(request),
    { delay: 150 },
  );
  const depth = model.layers;
  const layer = Math.min(parameters.layer ?? Math.floor(depth / 2), depth);
  const pick = (role: (typeof ROLES)[number], object: number) => {
    // Four roles, four objects: who has the object already takes the other's.
    const roles = ROLES.map((one): [string, number] => {
      if (one === role) return [one, object];
      return [one, pair[one] === object ? pair[role] : pair[one]];
    });
    change(Object.fromEntries(roles));
  };
  return (
    <div class="patching">
      <div class="pair-choice">
        {ROLES.map((role) => (
          <p key={role}>
            <label for={`role-${role}`}>{ROLE_WORDS[role]}</label>
            <select
              id={`role-${role}`}
              value={pair[role]}
              onChange={(event) => {
                pick(role, Number(event.currentTarget.value));
              }}
            >
              {pair.original.objects.map((object, place) => (
                <option key={place} value={place} selected={place === pair[role]}>
                  {place + 1}. {namesOf(object)}
                </option>
              ))}
            </select>
          </p>
        ))}
        <button
          type="button"
          onClick={() => {
            const fresh = { asked: undefined, positional: undefined, symbolic: undefined };
            change({ sceneIndex: parameters.sceneIndex + 1, ...fresh, reflexive: undefined });
          }}
        >
          Another pair
        </button>
      </div>
      <div class="prompts">
        <Prompt title="Original" pair={pair} scene={pair.original} at={pair.asked} roles />
        <Prompt
          title="Counterfactual"
          pair={pair}
          scene={pair.counterfactual}
          at={pair.positional}
        />
      </div>
      {state.status === 'failed' && <ErrorMessage error={state.error} retry={retry} />}
      {state.status === 'waiting' && <p class="pending chart-room">patching every layer…</p>}
      {state.status === 'done' && (
        <div class="beside">
          <Layers
            title={`Probability of each candidate by layer patched; the table below has all`}
            layers={probabilitiesOf(state.value)}
            selected={layer}
            onSelect={(one) => {
              change({ layer: one }, 'replace');
            }}
          />
          <div class="reading">
            <label for="layer">
              Patch the stream before layer <output>{layer}</output>
            </label>
            <input
              id="layer"
              type="range"
              min={0}
              max={depth}
              value={layer}
              onInput={(event) => {
                change({ layer: Number(event.currentTarget.value) }, 'replace');
              }}
            />
            <Effect models={models} model={model} result={state.value} layer={layer} />
          </div>
          <LayersTable layers={probabilitiesOf(state.value)} />
        </div>
      )}
    </div>
  );
}

/** The pair drawn, with what was chosen by hand. */
function pairOfPage(model: SiteModel, parameters: MechanismParameters) {
  const { objects, modality, order, sceneIndex, asked, positional, symbolic, reflexive } =
    parameters;
  const vocabulary = commonVocabulary([model]);
  const spec = parseSpec({ objects, modality, order, vocabulary });
  const drawn = interchangePair(spec, 0, sceneIndex);
  if (
    asked === undefined ||
    positional === undefined ||
    symbolic === undefined ||
    reflexive === undefined
  ) {
    return { spec, pair: drawn };
  }
  const roles = { asked, positional, symbolic, reflexive };
  const places = Object.values(roles);
  const apart = new Set(places).size === places.length && Math.max(...places) < objects;
  return { spec, pair: apart ? pairOf(drawn.original, roles) : drawn };
}

function Effect({
  models,
  model,
  result,
  layer,
}: Pick<PatchingPanelProps, 'models' | 'model'> & { result: Intervention; layer: number }) {
  const effect = result.layers.find((one) => one.layer === layer);
  if (!effect) return null;
  const { original, solved } = result;
  return (
    <div class="effect" aria-live="polite">
      <p>
        Left alone, <ModelMarker place={models.indexOf(model)} />
        {model.id} answers <b>{original.answer.name}</b>. Patched, it answers{' '}
        <b class="answer">{effect.answer.name}</b> ({percent(effect.answer.probability)}):{' '}
        <b>{OUTCOME_WORDS[effect.outcome].name}</b>, {OUTCOME_WORDS[effect.outcome].meaning}.
      </p>
      <p class="hint">
        With a random direction of the same length instead: {effect.control.answer.name},{' '}
        {OUTCOME_WORDS[effect.control.outcome].name}.
        {!solved &&
          ' The model does not solve both prompts when left alone, so this says little of mechanisms.'}
      </p>
    </div>
  );
}

const probabilitiesOf = ({ layers }: Intervention): LayerShares[] =>
  layers.map(({ layer, probabilities }) => ({
    layer,
    shares: { ...probabilities, other: restOf(probabilities) },
  }));

/** What is left for all tokens that no mechanism names; rounding may leave less than nothing. */
const restOf = ({
  unchanged,
  positional,
  symbolic,
  reflexive,
}: PatchEffect['probabilities']): number =>
  Math.max(0, 1 - unchanged - positional - symbolic - reflexive);

type SceneObject = InterchangePair['original']['objects'][number];

const namesOf = (object: SceneObject): string => {
  const { colour, shape, item } = objectNames(object);
  return `${colour} ${shape}, ${item}`;
};

interface PromptProps {
  readonly title: string;
  readonly pair: InterchangePair;
  readonly scene: InterchangePair['original'];
  /** The object asked about. */
  readonly at: number;
  /** Whether to say who plays which part. */
  readonly roles?: boolean;
}

function Prompt({ title, pair, scene, at, roles = false }: PromptProps) {
  const { colour } = objectNames(scene.objects[at]);
  return (
    <div>
      <h3>
        {title}: {colour}?
      </h3>
      <ol class="pairs">
        {scene.objects.map((object, place) => {
          const { colour: hue, shape, item } = objectNames(object);
          const role = roles ? ROLES.find((one) => pair[one] === place) : undefined;
          return (
            <li key={place}>
              <span class={place === at ? 'pair is-asked' : 'pair'}>
                <ShapeIcon shape={object.shape} fill={COLOURS[object.colour].hex} />
                <span>
                  <b>{hue}</b> {shape}: {item}
                  {role && role !== 'asked' && <i class={`role ${role}`}>{role}</i>}
                </span>
              </span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
