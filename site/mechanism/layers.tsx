import { OUTCOMES } from '../../contract/probes.ts';
import { barPositions, outcomeBars, type LayerOutcomes } from '../../plots/outcome-bars.ts';
import { concatMarkup } from '../../plots/svg.ts';
import { percent } from '../lib/format.ts';
import { OutcomeName } from './outcomes.tsx';

export interface LayersProps {
  /** The content of the chart in words. */
  readonly title: string;
  readonly layers: readonly LayerOutcomes[];
  readonly selected?: number;
  readonly onSelect?: (layer: number) => void;
}

/** Both are drawn, and CSS shows the one that keeps its text legible. */
const SIZES = [
  { name: 'wide', width: 540, height: 200 },
  { name: 'narrow', width: 330, height: 200 },
] as const;

/** One bar per layer, stacked from the outcomes; a layer can be selected. */
export function Layers(props: LayersProps) {
  return (
    <div>
      {SIZES.map((size) => (
        <Drawing key={size.name} {...props} size={size} />
      ))}
    </div>
  );
}

function Drawing({
  title,
  layers,
  selected,
  onSelect,
  size,
}: LayersProps & { size: (typeof SIZES)[number] }) {
  const frame = { height: size.height, left: 54, right: size.width - 4 };
  const { x, width } = barPositions(layers.length, frame);
  return (
    <svg
      class={`chart layers ${size.name}`}
      viewBox={`0 -10 ${size.width} ${size.height + 54}`}
      role="img"
      aria-label={title}
    >
      <g dangerouslySetInnerHTML={{ __html: concatMarkup(...outcomeBars(layers, frame, 'en')) }} />
      {onSelect &&
        layers.map(({ layer }, index) => (
          <rect
            key={layer}
            class={layer === selected ? 'hit-area is-selected' : 'hit-area'}
            x={x(index)}
            width={width}
            y={0}
            height={size.height}
            onClick={() => {
              onSelect(layer);
            }}
          />
        ))}
    </svg>
  );
}

/** The values of the chart as a table. */
export function LayersTable({ layers }: Pick<LayersProps, 'layers'>) {
  return (
    <details>
      <summary>As a table</summary>
      <div class="scrollable" tabIndex={0} role="group" aria-label="Outcomes by layer, as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">layer</th>
              {OUTCOMES.map((outcome) => (
                <th key={outcome} scope="col">
                  <OutcomeName outcome={outcome} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {layers.map(({ layer, shares }) => (
              <tr key={layer}>
                <th scope="row">{layer}</th>
                {OUTCOMES.map((outcome) => (
                  <td key={outcome}>{percent(shares[outcome])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
