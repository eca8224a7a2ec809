import { ProblemError } from '../../client/errors.ts';
import type { MechanismParameters } from '../../contract/page-parameters.ts';
import type { SiteModel } from '../../contract/pages.ts';
import { OUTCOMES, type Interchange } from '../../contract/probes.ts';
import { outcomeWithTerm } from '../../plots/labels.ts';
import { layerOutcomes } from '../../plots/outcome-bars.ts';
import { api } from '../lib/api.ts';
import { count } from '../lib/format.ts';
import { useRequest } from '../lib/use-request.ts';
import { ErrorMessage } from '../components/error-message.tsx';
import { ModelMarker } from '../components/marks.tsx';
import { modelPageAddress } from '../models/words.ts';
import { Layers, LayersTable } from './layers.tsx';

export interface MeasuredSharesProps {
  readonly models: readonly SiteModel[];
  readonly model: SiteModel;
  readonly parameters: MechanismParameters;
}

/** The measured outcomes of one model by layer, over many pairs. */
export function MeasuredShares({ models, model, parameters }: MeasuredSharesProps) {
  const { modality, order } = parameters;
  const { state, retry } = useRequest(`interchange ${model.id}`, (signal) =>
    interchangeOf(model.id, signal),
  );
  const entry =
    state.status === 'done'
      ? state.value.find((one) => one.modality === modality && one.order === order)
      : undefined;
  const layers = entry?.layers.map(layerOutcomes) ?? [];
  return (
    <div class="measured">
      <h3>
        <ModelMarker displayIndex={models.indexOf(model)} />
        <a href={modelPageAddress(model.id)}>{model.id}</a>
      </h3>
      {state.status === 'waiting' && <p class="pending chart-placeholder">Loading the results…</p>}
      {state.status === 'failed' && <ErrorMessage error={state.error} retry={retry} />}
      {state.status === 'done' && !entry && (
        <p class="empty chart-placeholder">This was not measured for this model.</p>
      )}
      {entry && (
        <>
          <Layers title={describeShares(model.id, entry)} layers={layers} />
          <p class="hint">
            {count(entry.solved)} pairs with {entry.objects} objects that the model solves without a
            patch.
          </p>
          <LayersTable layers={layers} />
        </>
      )}
    </div>
  );
}

/** Empty where the model has not been probed. */
async function interchangeOf(id: string, signal: AbortSignal): Promise<readonly Interchange[]> {
  try {
    return (await (await api(signal)).probes(id, 'interchange')).interchange ?? [];
  } catch (error) {
    if (error instanceof ProblemError && error.kind === 'probe-not-found') return [];
    throw error;
  }
}

/** The peak layer in a sentence. */
function describeShares(id: string, { layers, peakLayer }: Interchange): string {
  const peak = layers.find(({ layer }) => layer === peakLayer);
  if (!peak) return `${id}: outcomes by layer`;
  const parts = OUTCOMES.map((outcome) => {
    const { correct, count: pairs } = peak.shares[outcome];
    return `${outcomeWithTerm(outcome, 'en')} ${count(correct)} of ${count(pairs)}`;
  });
  return `${id}: outcomes by layer; at layer ${peakLayer} ${parts.join(', ')}. The table below has all values.`;
}
