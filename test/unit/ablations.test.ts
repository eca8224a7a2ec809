import { describe, expect, it } from 'vitest';
import type { Recipe } from '../../contract/recipe.ts';
import { buildRecipe, REGIME_NAMES, type Regime } from '../../trainer/regimes/index.ts';

const ENCODER = {
  name: 'random',
  sha256: '0'.repeat(64),
  width: 8,
  inputScope: 'patches',
} as const;

const recipeOf = (regime: Regime): Recipe =>
  buildRecipe(regime, 'pocket', regime.startsWith('text-only') ? undefined : ENCODER);

/** Paths of the values that differ, names and the steps of stages that end when mastered left out. */
function differences(one: unknown, other: unknown, path = ''): string[] {
  if (['/regime', '/description', '/from'].includes(path)) return [];
  if (typeof one === 'object' && typeof other === 'object' && one !== null && other !== null) {
    const [a, b] = [one, other] as Record<string, unknown>[];
    const keys = new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})]);
    return [...keys].flatMap((key) => differences(a?.[key], b?.[key], `${path}/${key}`));
  }
  return one === other ? [] : [path.replace(/\d+/g, 'i')];
}

const EXPECTED = {
  'without-few-names': /^\/stages\/i\/vocabulary$/,
  'without-masking': /^\/contextMaskProbability$/,
  'without-packing': /^\/questionsPerScene$/,
  'without-growth': /^\/stages\/i\/objects\/start$/,
  'without-positions': /^\/model\/(ropeBase|absolutePositions)$/,
  'without-shape-questions': /^\/stages\/i\/mix\/i\/questions\/(indirect|shape)$/,
  'without-hop-marker': /^\/stages\/i\/mix\/i\/questions\/(hop|shape)$/,
  'without-aligned-projection': /^\/projection$/,
};

describe('ablations', () => {
  const ablations = REGIME_NAMES.filter((name) => name.includes('-without-'));

  it('exist for two regimes and each measure, for text-only where it has the measure, and of shuffled text', () => {
    expect(ablations).toHaveLength(6 * 3 + 2 * 2 + 1);
  });

  it.each(ablations)('%s differs from the shipped recipe in its measure alone', (name) => {
    const [base, measure] = name.split(/-(?=without)/) as [Regime, keyof typeof EXPECTED];
    const [ablation, shipped] = [recipeOf(name), recipeOf(base)];
    ablation.stages.forEach((stage, index) => {
      const original = shipped.stages[index];
      const factor = original?.objects.endAt === undefined ? 1 : 3;
      expect(stage.steps).toBe(factor * (original?.steps ?? NaN));
    });
    const changed = differences(ablation, shipped).filter((path) => path !== '/stages/i/steps');
    for (const path of changed) expect(path).toMatch(EXPECTED[measure]);
    // The stages on pictures have these measures; the others have at least one value of the measure.
    if (base === 'image-only' && measure !== 'without-shape-questions') {
      expect(changed).not.toEqual([]);
    }
  });
});
