import { ProblemError } from '../../client/errors.ts';
import type { MechanismParameters } from '../../contract/page-parameters.ts';
import type { SiteModel } from '../../contract/pages.ts';
import type { ProbeSection } from '../../contract/probes.ts';
import type { HeatMap } from '../../plots/heat-map.ts';
import { heatMapsOf } from '../../plots/sections.ts';
import { api } from '../lib/api.ts';
import { useRequest } from '../lib/use-request.ts';
import type { Change } from '../lib/use-address.ts';
import { ErrorMessage } from '../components/error-message.tsx';

type Section = MechanismParameters['section'];

const SECTIONS: Readonly<Record<Exclude<ProbeSection, 'interchange'>, string>> = {
  linear: 'linear probes, % correct',
  tokens: 'patching single tokens, % of answers changed',
  items: 'patching all associations, % of answers that follow them',
  knockout: 'attention cuts, % of accuracy lost',
  heads: 'attention heads',
  attribution: 'attention cut to one token at a time, % of the effect by token',
  mixture: 'the answer as a mixture of strategies, weight in %',
};

export interface HeatMapsProps {
  readonly model: SiteModel;
  readonly section: Section;
  readonly change: Change<MechanismParameters>;
}

/** The results of the other probes, as tables with coloured cells. */
export function HeatMaps({ model, section, change }: HeatMapsProps) {
  const { state, retry } = useRequest(`${section} ${model.id}`, (signal) =>
    loadHeatMaps(model.id, section, signal),
  );
  return (
    <>
      <p>
        <label for="section">Show</label>{' '}
        <select
          id="section"
          value={section}
          onChange={(event) => {
            change({ section: event.currentTarget.value as Section });
          }}
        >
          {Object.entries(SECTIONS).map(([option, name]) => (
            <option key={option} value={option} selected={option === section}>
              {name}
            </option>
          ))}
        </select>
      </p>
      {state.status === 'waiting' && <p class="pending chart-placeholder">Loading…</p>}
      {state.status === 'failed' && <ErrorMessage error={state.error} retry={retry} />}
      {state.status === 'done' &&
        (state.value.length === 0 ? (
          <p class="empty">This was not measured for this model.</p>
        ) : (
          state.value.map((map) => <HeatTable key={map.title} {...map} />)
        ))}
    </>
  );
}

async function loadHeatMaps(id: string, section: Section, signal: AbortSignal): Promise<HeatMap[]> {
  try {
    return heatMapsOf(await (await api(signal)).probes(id, section), section);
  } catch (error) {
    if (error instanceof ProblemError && error.kind === 'probe-not-found') return [];
    throw error;
  }
}

/** Steps of colour (heat-map.css). */
const STEPS = 10;

function HeatTable({ title, axis, columns, rows }: HeatMap) {
  return (
    // The title is outside of what scrolls, so that it is not cut.
    <section class="heat-map" aria-label={title}>
      <h3>{title}</h3>
      <div class="scrollable" tabIndex={0} role="group" aria-label={title}>
        <table class="heat">
          <thead>
            <tr>
              <th scope="col">{axis}</th>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, cells }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {cells.map((share, column) => (
                  <td
                    key={columns[column]}
                    class={share === undefined ? undefined : colourClass(share)}
                  >
                    {share === undefined ? '' : Math.round(100 * share)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const colourClass = (share: number): string =>
  `heat-${Math.round(STEPS * Math.min(1, Math.max(0, share)))}`;
