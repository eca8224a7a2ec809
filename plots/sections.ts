import { ATTRIBUTION_GROUP_NAMES } from '../contract/attribution-section.ts';
import { MIXTURE_COMPONENTS } from '../contract/mixture-section.ts';
import type { Locale } from '../contract/theme-locale.ts';
import type { Probes, ProbeSection } from '../contract/probes.ts';
import { DEFAULT_STYLE, plotDocument, rightOf, type FigureStyle, type Panel } from './document.ts';
import { heatMap, type HeatMap } from './heat-map.ts';
import { FIGURE_LABELS, percentIn } from './labels.ts';
import { MEASUREMENT_LABELS, type MeasurementLabels } from './measurement-labels.ts';
import { describeMechanism } from './mechanism.ts';
import { figureLegend, outcomePanel } from './outcome-bars.ts';

/**
 * A section of the results as SVG, with one panel per condition.
 *
 * @param summary the results in English words; other languages have a shorter description
 */
export function plotSection(
  probes: Probes,
  section: ProbeSection,
  summary: string,
  style: FigureStyle = DEFAULT_STYLE,
): string {
  const { locale } = style;
  const title = `${probes.model}: ${MEASUREMENT_LABELS[locale].sections[section]}`;
  const description = locale === 'en' ? summary : describeSection(probes, section, locale);
  const legend = section === 'interchange' ? figureLegend(style) : undefined;
  return plotDocument({ title, description }, panelsOf(probes, section, style), legend, style);
}

/** The panels of a section. */
function panelsOf(probes: Probes, section: ProbeSection, style: FigureStyle): Panel[] {
  const { locale } = style;
  if (section !== 'interchange') {
    return heatMapsOf(probes, section, locale).map((map) => heatMap(map, style));
  }
  const { condition, objectsAndPairs } = MEASUREMENT_LABELS[locale];
  return (probes.interchange ?? []).map((entry) =>
    outcomePanel(
      `${condition(entry)}, ${objectsAndPairs(entry.objects, entry.solved)}`,
      entry.layers,
      locale,
      rightOf(style),
    ),
  );
}

/** The content of a section in words: its peaks. */
function describeSection(probes: Probes, section: ProbeSection, locale: Locale): string {
  if (section === 'interchange') {
    const { model, interchange = [] } = probes;
    return interchange.map((figures) => describeMechanism([{ model, figures }], locale)).join(' ');
  }
  const { largest } = MEASUREMENT_LABELS[locale];
  return heatMapsOf(probes, section, locale)
    .flatMap(({ title, columns, rows }) => {
      const cells = rows.flatMap(({ name, cells: values }) =>
        values.flatMap((share, column) =>
          share === undefined ? [] : [{ share, name, column: columns[column] ?? '' }],
        ),
      );
      const [first] = cells.toSorted((a, b) => b.share - a.share);
      if (!first) return [];
      return [`${title}: ${largest(percentIn(locale, first.share), first.name, first.column)}.`];
    })
    .join(' ');
}

type MappedSection = Exclude<ProbeSection, 'interchange'>;

/** The heat maps of a section, one or more per condition. */
export const heatMapsOf = (
  probes: Probes,
  section: MappedSection,
  locale: Locale = 'en',
): HeatMap[] => MAPS[section](probes, MEASUREMENT_LABELS[locale], FIGURE_LABELS[locale].outcomes);

type Outcomes = (typeof FIGURE_LABELS)[Locale]['outcomes'];

const MAPS: Readonly<
  Record<
    MappedSection,
    (probes: Probes, labels: MeasurementLabels, outcomes: Outcomes) => HeatMap[]
  >
> = {
  tokens: ({ tokens = [] }, { condition, objectsAndPairs, stream }) =>
    tokens.map(({ groups, ...entry }) => ({
      title: `${condition(entry)}, ${objectsAndPairs(entry.objects, entry.solved)}`,
      axis: stream,
      columns: layersOf(groups),
      rows: groups.map(({ token, object, layers }) => ({
        name: object ? `${token}, ${object}` : token,
        cells: layers.map(({ shares }) => 1 - shares.unchanged.accuracy),
      })),
    })),

  items: ({ items = [] }, { condition, objectsAndPairs, stream }, outcomes) =>
    items.map(({ groups, ...entry }) => ({
      title: `${condition(entry)}, ${objectsAndPairs(entry.objects, entry.solved)}`,
      axis: stream,
      columns: layersOf(groups),
      rows: groups.flatMap(({ tokens, layers }) =>
        (['symbolic', 'positional', 'other'] as const).map((outcome) => ({
          name: `${tokens}, ${outcomes[outcome]}`,
          cells: layers.map(({ shares }) => shares[outcome].accuracy),
        })),
      ),
    })),

  knockout: ({ knockout = [] }, { condition, objects: objectsOf, ranges, edge, layersCut }) =>
    knockout.flatMap((entry) =>
      entry.distributions.map(({ distribution, objects, edges }) => {
        const nameOf = ({ from, to }: (typeof edges)[number]) => edge(from, to);
        const windowOf = ({ layers }: (typeof edges)[number]) => layers.join('–');
        const columns = unique(edges.map(windowOf));
        return {
          title: `${condition(entry)}, ${objectsOf(objects)}, ${ranges[distribution]}`,
          axis: layersCut,
          columns,
          rows: unique(edges.map(nameOf)).map((name) => ({
            name,
            cells: columns.map(
              (window) =>
                edges.find((one) => nameOf(one) === name && windowOf(one) === window)?.accuracyDrop,
            ),
          })),
        };
      }),
    ),

  linear: ({ linear = [] }, { condition, objects, stream, featureAt }) =>
    linear.map((entry) => ({
      title: `${condition(entry)}, ${objects(entry.objects)}`,
      axis: stream,
      columns: layersOf(entry.probes),
      rows: entry.probes.map(({ feature, token, layers }) => ({
        name: featureAt(feature, token),
        cells: layers.map(({ accuracy }) => accuracy.accuracy),
      })),
    })),

  heads: ({ heads = [] }, labels, outcomes) =>
    heads.flatMap((entry) => {
      const sites = entry.interchange.heads;
      const where = labels.condition(entry);
      const patched = (outcome: 'positional' | 'symbolic') =>
        byHead(
          `${where}: ${labels.percentWhenPatched(outcomes[outcome])}`,
          sites,
          (at) => at.shares[outcome].accuracy,
          labels,
        );
      return [
        patched('positional'),
        patched('symbolic'),
        ...entry.ablation.map(({ kind, distribution, heads: ablated }) =>
          byHead(
            `${where}: ${labels.percentLost(kind, distribution)}`,
            ablated,
            (at) => at.accuracyDrop,
            labels,
          ),
        ),
      ];
    }),

  attribution: ({ attribution = [] }, { condition, totalEffect, objectsAxis }) =>
    attribution.map(({ distributions, ...entry }) => ({
      title: `${condition(entry)}, ${totalEffect}`,
      axis: objectsAxis,
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

  mixture: ({ mixture = [] }, { condition, objectsAndPairs, stream, anyItem }, outcomes) =>
    mixture.map(({ layers, ...entry }) => ({
      title: `${condition(entry)}, ${objectsAndPairs(entry.objects, entry.solved)}`,
      axis: stream,
      columns: layers.map(({ layer }) => String(layer)),
      rows: MIXTURE_COMPONENTS.map((component) => ({
        name: component === 'uniform' ? anyItem : outcomes[component],
        cells: layers.map(({ weights }) => weights[component].weight),
      })),
    })),
};

/** Heads by layers. */
function byHead<H extends { layer: number; head: number }>(
  title: string,
  sites: readonly H[],
  share: (site: H) => number,
  labels: MeasurementLabels,
): HeatMap {
  const layers = unique(sites.map(({ layer }) => layer));
  return {
    title,
    axis: labels.layer,
    columns: layers.map(String),
    rows: unique(sites.map(({ head }) => head)).map((head) => ({
      name: labels.head(head),
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
