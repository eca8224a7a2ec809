import { ProblemError } from '../../client/index.ts';
import type { MechanismParameters, SiteModel } from '../../contract/pages.ts';
import { OUTCOMES, type Interchange } from '../../contract/probes.ts';
import { api } from '../lib/api.ts';
import { count } from '../lib/format.ts';
import { useRequest } from '../lib/use-request.ts';
import { ModelMarker } from '../components/marks.tsx';
import { ErrorMessage } from '../components/error-message.tsx';
import { Layers, LayersTable, type LayerShares } from './layers.tsx';

export interface MeasuredProps {
  readonly models: readonly SiteModel[];
  readonly model: SiteModel;
  readonly parameters: MechanismParameters;
}

/** Where the answers of one model go when a layer is patched, over many pairs. */
export function MeasuredShares({ models, model, parameters }: MeasuredProps) {
  const { modality, order } = parameters;
  const { state, retry } = useRequest(`interchange ${model.id}`, (signal) =>
    interchangeOf(model.id, signal),
  );
  const entry =
    state.status === 'done'
      ? state.value.find((one) => one.modality === modality && one.order === order)
      : undefined;
  return (
    <div class="measured">
      <h3>
        <ModelMarker place={models.indexOf(model)} />
        {model.id}
      </h3>
      {state.status === 'waiting' && <p class="pending chart-room">loading what was measured…</p>}
      {state.status === 'failed' && <ErrorMessage error={state.error} retry={retry} />}
      {state.status === 'done' && !entry && (
        <p class="empty chart-room">Of this model, this has not been measured.</p>
      )}
      {entry && (
        <>
          <Layers title={titleOf(model.id, entry)} layers={sharesOf(entry)} />
          <p class="hint">
            {count(entry.solved)} pairs of {entry.objects} objects that the model solves when left
            alone.
          </p>
          <LayersTable layers={sharesOf(entry)} />
        </>
      )}
    </div>
  );
}

/** Nothing where the model has not been probed. */
async function interchangeOf(id: string, signal: AbortSignal): Promise<readonly Interchange[]> {
  try {
    return (await api(signal).probes(id, 'interchange')).interchange ?? [];
  } catch (error) {
    if (error instanceof ProblemError && error.kind === 'probe-not-found') return [];
    throw error;
  }
}

const sharesOf = ({ layers }: Interchange): LayerShares[] =>
  layers.map(({ layer, shares }) => ({
    layer,
    shares: {
      positional: shares.positional.accuracy,
      symbolic: shares.symbolic.accuracy,
      reflexive: shares.reflexive.accuracy,
      unchanged: shares.unchanged.accuracy,
      other: shares.other.accuracy,
    },
  }));

/** What the bars say, in a sentence. */
function titleOf(id: string, { layers, peakLayer }: Interchange): string {
  const peak = layers.find(({ layer }) => layer === peakLayer);
  if (!peak) return `${id}: outcomes by layer`;
  const parts = OUTCOMES.map(
    (outcome) => `${outcome} ${(100 * peak.shares[outcome].accuracy).toFixed(0)} %`,
  );
  return `${id}: outcomes by layer; at layer ${peakLayer} ${parts.join(', ')}. The table below has all.`;
}
