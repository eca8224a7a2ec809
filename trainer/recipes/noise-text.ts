import { NOISE, textStage } from './streams.ts';
import type { RecipeSource } from './index.ts';

/** The paper's control for positions alone: text whose position ids are torn apart, no picture. */
export const noiseText: RecipeSource = {
  regime: 'noise-text',
  description:
    'From text-only: the same text with up to 200 unattendable noise tokens in the context, which ' +
    'leave nothing but gaps in its position ids.',
  from: 'text-only',
  stages: [textStage('noise', 1500, NOISE)],
};
