import { ATTRIBUTION_GROUP_NAMES } from '../contract/attribution-section.ts';
import type { Theme } from '../contract/theme-locale.ts';
import type { Probes, ProbeSection } from '../contract/probes.ts';
import { describeCondition, RANGE_NAMES } from '../task/conditions.ts';
import { plotDocument, type Panel } from './document.ts';
import { heatMap, type HeatMap } from './heat-map.ts';
import { outcomeLegend, outcomePanel } from './outcome-bars.ts';

const STREAM = 'residual stream before layer';
const ABLATION_NAMES = { zero: 'zero ablation', mean: 'mean ablation' } as const;

const TITLES: Readonly<Record<ProbeSection, string>> = {
  interchange: 'which answer a patched layer gives',
  tokens: '% of answers changed by patching one token',
  items: '% of answers that follow what the items hold',
  knockout: '% of accuracy lost without attention between two groups of tokens',
  linear: '% of features that a linear probe decodes',
  heads: 'patching and ablation of single heads',
  attribution: '% of the effect of cutting attention to single tokens',
};

/**
 * A section of the results as SVG, with one panel per condition.
 *
 * @param description the results in words
 */
export function plotSection(
  probes: Probes,
  section: ProbeSection,
  description: string,
  theme: Theme = 'auto',
): string {
  const text = { title: `${probes.model}: ${TITLES[section]}`, description };
  const legend = section === 'interchange' ? outcomeLegend() : [];
  return plotDocument(text, panelsOf(probes, section), legend, theme);
}

/** The panels of a section. */
function panelsOf(probes: Probes, section: ProbeSection): Panel[] {
  if (section !== 'interchange') return heatMapsOf(probes, section).map(heatMap);
  return (probes.interchange ?? []).map((entry) =>
    outcomePanel(
      `${describeCondition(entry)}, ${entry.objects} objects, ${entry.solved} pairs`,
      entry.layers,
    ),
  );
}

type MappedSection = Exclude<ProbeSection, 'interchange'>;

/** The heat maps of a section, one or more per condition. */
export const heatMapsOf = (probes: Probes, section: MappedSection): HeatMap[] =>
  MAPS[section](probes);

const MAPS: Readonly<Record<MappedSection, (probes: Probes) => HeatMap[]>> = {
  tokens: ({ tokens = [] }) =>
    tokens.map(({ groups, ...entry }) => ({
      title: `${describeCondition(entry)}, ${entry.objects} objects, ${entry.solved} pairs`,
      axis: STREAM,
      columns: layersOf(groups),
      rows: groups.map(({ token, object, layers }) => ({
        name: object ? `${token}, ${object}` : token,
        cells: layers.map(({ shares }) => 1 - shares.unchanged.accuracy),
      })),
    })),

  items: ({ items = [] }) =>
    items.map(({ groups, ...entry }) => ({
      title: `${describeCondition(entry)}, ${entry.objects} objects, ${entry.solved} pairs`,
      axis: STREAM,
      columns: layersOf(groups),
      rows: groups.flatMap(({ tokens, layers }) =>
        (['symbolic', 'positional', 'other'] as const).map((outcome) => ({
          name: `${tokens}, ${outcome}`,
          cells: layers.map(({ shares }) => shares[outcome].accuracy),
        })),
      ),
    })),

  knockout: ({ knockout = [] }) =>
    knockout.flatMap((entry) =>
      entry.distributions.map(({ distribution, objects, edges }) => {
        const nameOf = ({ from, to }: (typeof edges)[number]) => `${from} to ${to}`;
        const windowOf = ({ layers }: (typeof edges)[number]) => layers.join('–');
        const columns = unique(edges.map(windowOf));
        return {
          title: `${describeCondition(entry)}, ${objects} objects, ${RANGE_NAMES[distribution]}`,
          axis: 'layers cut',
          columns,
          rows: unique(edges.map(nameOf)).map((name) => ({
            name,
            cells: columns.map(
              (window) =>
                edges.find((edge) => nameOf(edge) === name && windowOf(edge) === window)
                  ?.accuracyDrop,
            ),
          })),
        };
      }),
    ),

  linear: ({ linear = [] }) =>
    linear.map((entry) => ({
      title: `${describeCondition(entry)}, ${entry.objects} objects`,
      axis: STREAM,
      columns: layersOf(entry.probes),
      rows: entry.probes.map(({ feature, token, layers }) => ({
        name: `${feature} at ${token}`,
        cells: layers.map(({ accuracy }) => accuracy.accuracy),
      })),
    })),

  heads: ({ heads = [] }) =>
    heads.flatMap((entry) => {
      const sites = entry.interchange.heads;
      const where = describeCondition(entry);
      return [
        byHead(`${where}: % positional when patched`, sites, (at) => at.shares.positional.accuracy),
        byHead(`${where}: % symbolic when patched`, sites, (at) => at.shares.symbolic.accuracy),
        ...entry.ablation.map(({ kind, distribution, heads: ablated }) =>
          byHead(
            `${where}: % of accuracy lost by ${ABLATION_NAMES[kind]}, ${RANGE_NAMES[distribution]}`,
            ablated,
            (at) => at.accuracyDrop,
          ),
        ),
      ];
    }),

  attribution: ({ attribution = [] }) =>
    attribution.map(({ distributions, ...entry }) => ({
      title: `${describeCondition(entry)}, % of the total effect`,
      axis: 'objects',
      columns: distributions.map(({ objects }) => String(objects)),
      rows: unique(distributions.flatMap(({ groups }) => groups.map(({ group }) => group))).map(
        (group) => ({
          name: ATTRIBUTION_GROUP_NAMES[group],
          cells: distributions.map(
            ({ groups }) => groups.find((one) => one.group === group)?.share.mean,
          ),
        }),
      ),
    })),
};

/** Heads by layers. */
function byHead<H extends { layer: number; head: number }>(
  title: string,
  sites: readonly H[],
  share: (site: H) => number,
): HeatMap {
  const layers = unique(sites.map(({ layer }) => layer));
  return {
    title,
    axis: 'layer',
    columns: layers.map(String),
    rows: unique(sites.map(({ head }) => head)).map((head) => ({
      name: `head ${head}`,
      cells: layers.map((layer) => {
        const site = sites.find(
          (candidate) => candidate.head === head && candidate.layer === layer,
        );
        return site && share(site);
      }),
    })),
  };
}

const layersOf = (rows: readonly { layers: readonly { layer: number }[] }[]) =>
  rows[0]?.layers.map(({ layer }) => String(layer)) ?? [];

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
