import { ProblemError } from '../../client/index.ts';
import type { MechanismParameters, SiteModel } from '../../contract/pages.ts';
import type { HeatMap } from '../../plots/heat-map.ts';
import { heatMapsOf } from '../../plots/sections.ts';
import { api } from '../lib/api.ts';
import { useRequest } from '../lib/use-request.ts';
import type { Change } from '../lib/use-address.ts';
import { ErrorMessage } from '../components/error-message.tsx';

type Section = MechanismParameters['section'];

const SECTIONS: Readonly<Record<Section, string>> = {
  linear: 'what a linear probe reads, % right',
  tokens: 'patching one token, % of answers moved',
  knockout: 'cutting attention between tokens, % of accuracy lost',
  heads: 'single heads',
};

export interface MapsProps {
  readonly model: SiteModel;
  readonly section: Section;
  readonly change: Change<MechanismParameters>;
}

/** The other probes, as heat maps that are tables. */
export function HeatMaps({ model, section, change }: MapsProps) {
  const { state, retry } = useRequest(`${section} ${model.id}`, (signal) =>
    mapsOf(model.id, section, signal),
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
          {Object.entries(SECTIONS).map(([one, name]) => (
            <option key={one} value={one} selected={one === section}>
              {name}
            </option>
          ))}
        </select>
      </p>
      {state.status === 'waiting' && <p class="pending chart-room">loading…</p>}
      {state.status === 'failed' && <ErrorMessage error={state.error} retry={retry} />}
      {state.status === 'done' &&
        (state.value.length === 0 ? (
          <p class="empty">Of this model, this has not been measured.</p>
        ) : (
          state.value.map((map) => <HeatTable key={map.title} {...map} />)
        ))}
    </>
  );
}

async function mapsOf(id: string, section: Section, signal: AbortSignal): Promise<HeatMap[]> {
  try {
    return heatMapsOf(await api(signal).probes(id, section), section);
  } catch (error) {
    if (error instanceof ProblemError && error.kind === 'probe-not-found') return [];
    throw error;
  }
}

/** Steps of colour; the number stands in each cell as well. */
const STEPS = 10;

function HeatTable({ title, axis, columns, rows }: HeatMap) {
  return (
    <div class="wide" tabIndex={0} role="group" aria-label={title}>
      <table class="heat">
        <caption>{title}</caption>
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
              {cells.map((share, place) => (
                <td key={columns[place]} class={share === undefined ? undefined : depthOf(share)}>
                  {share === undefined ? '' : Math.round(100 * share)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const depthOf = (share: number): string =>
  `heat-${Math.round(STEPS * Math.min(1, Math.max(0, share)))}`;
