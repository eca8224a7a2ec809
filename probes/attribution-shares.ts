import {
  ATTRIBUTION_GROUPS,
  LAYERED_TOKENS,
  type AttributionSection,
} from '../contract/attribution-section.ts';
import { meanOf, withinShares } from '../statistics/intervals.ts';
import { elementAt } from '../task/element-at.ts';
import { packPrompt, type PackedPrompt } from '../task/prompt.ts';
import { generateScene, type Scene } from '../task/scene.ts';
import type { QuerySpec } from '../task/spec.ts';
import { attributeAnswer, followLayers } from './attribution.ts';
import { tokenIndexOf } from './object-tokens.ts';
import { indirectQuestion, type ProbeSubject } from './prompt-batch.ts';

/** What attributions of many queries have in common: the effects by what a token is to its question. */

export type AttributionGroup = (typeof ATTRIBUTION_GROUPS)[number];

/** The attribution of one query. */
export interface QueryAttribution {
  readonly correct: boolean;
  /** The effects of the group's tokens together; a cut that adds to the answer counts as none. */
  readonly effects: Readonly<Record<AttributionGroup, number>>;
  /** [layers] by token. */
  readonly layers: Readonly<Record<(typeof LAYERED_TOKENS)[number], readonly number[]>>;
}

/**
 * Attributes one query per scene, so that the queries are independent, as their intervals assume.
 *
 * @param indices the scenes' indices
 */
export async function attributeQueries(
  subject: ProbeSubject,
  spec: QuerySpec,
  seed: number,
  indices: readonly number[],
): Promise<QueryAttribution[]> {
  const attributions: QueryAttribution[] = [];
  for (const index of indices) {
    const scene = generateScene(spec, seed, index);
    attributions.push(await attributeQuery(subject, spec, scene, elementAt(scene.asked, 0)));
  }
  return attributions;
}

async function attributeQuery(
  subject: ProbeSubject,
  { modality, grid }: QuerySpec,
  scene: Scene,
  object: number,
): Promise<QueryAttribution> {
  const ask = indirectQuestion(object);
  const question = { scene, ask, modality, grid };
  const prompt = packPrompt(scene, modality, grid, [ask]);
  const attribution = await attributeAnswer(subject, question);
  const { answer, cuts } = attribution;
  const indexOf = (token: Parameters<typeof tokenIndexOf>[3]) =>
    tokenIndexOf(prompt, scene, grid, token, object);
  const places: Partial<Record<number, AttributionGroup>> = {
    [indexOf('association-item')]: 'item',
    ...(modality === 'image'
      ? { [indexOf('patch')]: 'patch' }
      : {
          [indexOf('colour')]: 'colour',
          [indexOf('shape')]: 'shape',
          [indexOf('shape') + 1]: 'next-token',
        }),
  };
  const answered = itemIndexOf(prompt, answer);
  if (answered !== undefined) places[answered] ??= 'wrong-item';

  const effects = Object.fromEntries(ATTRIBUTION_GROUPS.map((group) => [group, 0])) as Record<
    AttributionGroup,
    number
  >;
  for (const { token, effect } of cuts) effects[places[token] ?? 'other'] += Math.max(0, effect);

  const context = indexOf(modality === 'image' ? 'patch' : 'shape');
  const followed = answered === undefined ? [context] : [context, answered];
  const { effects: byLayer } = await followLayers(subject, question, attribution, followed);
  return {
    correct: answer === elementAt(prompt.answers, 0).token,
    effects,
    layers: { context: byLayer[0] ?? [], answer: byLayer[1] ?? [] },
  };
}

/** The index of an item's token in the associations; undefined for a token that is no item of them. */
function itemIndexOf({ tokens, roles }: PackedPrompt, item: number): number | undefined {
  const index = roles.findIndex((role, at) => role === 'association-item' && tokens[at] === item);
  return index < 0 ? undefined : index;
}

/** Means over queries, with their intervals. */
export function summariseAttributions(
  queries: readonly QueryAttribution[],
): Pick<
  AttributionSection['distributions'][number],
  'attributed' | 'expectedShare' | 'groups' | 'layers'
> {
  const totalOf = ({ effects }: QueryAttribution) =>
    Object.values(effects).reduce((sum, effect) => sum + effect, 0);
  const attributed = queries.filter((query) => totalOf(query) > 0);
  const meanShare = (...groups: AttributionGroup[]) =>
    withinShares(
      meanOf(
        attributed.map((query) => {
          const ofGroups = groups.reduce((sum, group) => sum + query.effects[group], 0);
          return ofGroups / totalOf(query);
        }),
      ),
    );
  const used = ATTRIBUTION_GROUPS.filter((group) =>
    queries.some(({ effects }) => effects[group] > 0),
  );
  return {
    attributed: attributed.length,
    expectedShare: meanShare('shape', 'patch', 'item'),
    groups: used.map((group) => ({
      group,
      effect: meanOf(queries.map(({ effects }) => effects[group])),
      share: meanShare(group),
    })),
    layers: LAYERED_TOKENS.map((token) => {
      const followed = queries
        .map(({ layers }) => layers[token])
        .filter(({ length }) => length > 0);
      const layers = followed[0] ?? [];
      return {
        token,
        effects: layers.map((_, layer) =>
          meanOf(followed.map((ofQuery) => elementAt(ofQuery, layer))),
        ),
      };
    }),
  };
}
