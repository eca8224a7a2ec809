import { commonVocabulary } from '../../contract/model-facts.ts';
import type { Intervention } from '../../contract/interventions.ts';
import type { MechanismParameters } from '../../contract/page-parameters.ts';
import type { SiteModel } from '../../contract/pages.ts';
import type { LayerOutcomes } from '../../plots/outcome-bars.ts';
import { interchangePair, pairOf, type PairRoles } from '../../probes/pairs.ts';
import { objectNames } from '../../task/query.ts';
import type { SceneObject } from '../../task/scene.ts';
import { parseSpec } from '../../task/spec.ts';
import { api } from '../lib/api.ts';
import { percent } from '../lib/format.ts';
import { useRequest } from '../lib/use-request.ts';
import type { Change } from '../lib/use-address.ts';
import { ErrorMessage } from '../components/error-message.tsx';
import { ModelMarker } from '../components/marks.tsx';
import { toInlineQuery } from '../scene-editor/inline-query.ts';
import { Layers, LayersTable } from './layers.tsx';
import { OUTCOME_MEANINGS, OutcomeName } from './outcomes.tsx';
import { PairPrompts, ROLES, type Role } from './pair-prompts.tsx';

const ROLE_LABELS: Readonly<Record<Role, string>> = {
  asked: 'Asked about in both prompts',
  positional: 'By place: at the position of the counterfactual’s object',
  symbolic: 'By shape: has the shape of the counterfactual’s object',
  reflexive: 'Copied: has the item of the counterfactual’s object',
};

export interface PatchingPanelProps {
  readonly models: readonly SiteModel[];
  readonly model: SiteModel;
  readonly parameters: MechanismParameters;
  readonly change: Change<MechanismParameters>;
}

/** One pair of prompts; each layer of the original is patched with activations of the counterfactual. */
export function PatchingPanel({ models, model, parameters, change }: PatchingPanelProps) {
  const { spec, pair } = pairOfPage(model, parameters);
  const request = {
    model: model.id,
    original: toInlineQuery(pair.original, pair.asked, spec),
    counterfactual: toInlineQuery(pair.counterfactual, pair.positional, spec),
  };
  const { state, retry } = useRequest(
    JSON.stringify(request),
    async (signal) => (await api(signal)).intervene(request),
    { delay: 150 },
  );
  const depth = model.layers;
  const layer = Math.min(parameters.layer ?? Math.floor(depth / 2), depth);
  const setRole = (role: Role, object: number) => {
    // Four roles, four objects: a role that has the object gets the other role's object.
    const { asked, positional, symbolic, reflexive } = pair;
    const roles: Record<Role, number> = { asked, positional, symbolic, reflexive };
    for (const one of ROLES) if (roles[one] === object) roles[one] = pair[role];
    roles[role] = object;
    change(roles);
  };
  return (
    <div class="patching">
      <div class="pair-choice">
        {ROLES.map((role) => (
          <p key={role}>
            <label for={`role-${role}`}>{ROLE_LABELS[role]}</label>
            <select
              id={`role-${role}`}
              value={pair[role]}
              onChange={(event) => {
                setRole(role, Number(event.currentTarget.value));
              }}
            >
              {pair.original.objects.map((object, index) => (
                <option key={index} value={index} selected={index === pair[role]}>
                  {index + 1}. {describeObject(object)}
                </option>
              ))}
            </select>
          </p>
        ))}
        <button
          type="button"
          onClick={() => {
            change({
              sceneIndex: parameters.sceneIndex + 1,
              asked: undefined,
              positional: undefined,
              symbolic: undefined,
              reflexive: undefined,
            });
          }}
        >
          Next pair
        </button>
      </div>
      <PairPrompts pair={pair} />
      {state.status === 'failed' && <ErrorMessage error={state.error} retry={retry} />}
      {state.status === 'waiting' && <p class="pending chart-placeholder">Patching every layer…</p>}
      {state.status === 'done' && (
        <div class="chart-and-values">
          <Layers
            title="Probability of each answer by patched layer; the table below has all values"
            layers={probabilitiesOf(state.value)}
            selected={layer}
            onSelect={(selected) => {
              change({ layer: selected }, 'replace');
            }}
          />
          <div class="values">
            <label for="layer">
              Patch the residual stream before layer <output>{layer}</output>
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

/** The generated pair, with the roles that the visitor has chosen. */
function pairOfPage(model: SiteModel, parameters: MechanismParameters) {
  const { objects, modality, order, sceneIndex } = parameters;
  const vocabulary = commonVocabulary([model]);
  const spec = parseSpec({ objects, modality, order, vocabulary });
  const generated = interchangePair(spec, 0, sceneIndex);
  const roles = chosenRoles(parameters);
  return { spec, pair: roles ? pairOf(generated.original, roles) : generated };
}

/** Undefined unless the parameters name four different objects of the scene. */
function chosenRoles(parameters: MechanismParameters): PairRoles | undefined {
  const { objects, asked, positional, symbolic, reflexive } = parameters;
  if (asked === undefined || positional === undefined) return undefined;
  if (symbolic === undefined || reflexive === undefined) return undefined;
  const roles = { asked, positional, symbolic, reflexive };
  const chosen = Object.values(roles);
  const valid = new Set(chosen).size === chosen.length && Math.max(...chosen) < objects;
  return valid ? roles : undefined;
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
    <div class="patch-effect" aria-live="polite">
      <p>
        Without a patch, <ModelMarker displayIndex={models.indexOf(model)} />
        {model.id} answers <b>{original.answer.name}</b>. With the patch, it answers{' '}
        <b class="answer">{effect.answer.name}</b> ({percent(effect.answer.probability)}):{' '}
        <b>
          <OutcomeName outcome={effect.outcome} />
        </b>
        , {OUTCOME_MEANINGS[effect.outcome]}.
      </p>
      <p class="hint">
        Control, a random direction of the same norm: {effect.control.answer.name},{' '}
        <OutcomeName outcome={effect.control.outcome} />.
        {!solved &&
          ' The model does not solve both prompts without a patch, so this shows little about its mechanism.'}
      </p>
    </div>
  );
}

/** Probabilities of the answers; rounding could make the rest negative. */
const probabilitiesOf = ({ layers }: Intervention): LayerOutcomes[] =>
  layers.map(({ layer, probabilities }) => {
    const { unchanged, positional, symbolic, reflexive } = probabilities;
    const other = Math.max(0, 1 - unchanged - positional - symbolic - reflexive);
    return { layer, shares: { unchanged, positional, symbolic, reflexive, other } };
  });

const describeObject = (object: SceneObject): string => {
  const { colour, shape, item } = objectNames(object);
  return `${colour} ${shape}, ${item}`;
};
