import type { ExplorerParameters } from '../../contract/page-parameters.ts';
import { LIMITS } from '../../task/spec.ts';

/** The story above the controls: each step shows a scene. */
export const STORY_STEPS = [1, 2, 3, 4] as const;
export type StoryStep = (typeof STORY_STEPS)[number];

/** What a step sets. */
export const stepSettings = (step: StoryStep): Partial<ExplorerParameters> => ({
  objects: { 1: 4, 2: LIMITS.inDistribution, 3: 12, 4: 12 }[step],
  sceneIndex: 0,
  questionIndex: 0,
  order: 'context',
  step,
});

/** The step of the address, else the one that the length of the lists belongs to. */
export function currentStep(
  { step }: Pick<ExplorerParameters, 'step'>,
  objects: number,
): StoryStep {
  const named = STORY_STEPS.find((one) => one === step);
  return named ?? (objects > LIMITS.inDistribution ? 3 : 2);
}
