import { compareModels } from './compare-models.ts';
import { predict } from './predict.ts';
import { streamComparison } from './stream-comparison.ts';

export const EVALUATION_ROUTES = [predict, compareModels, streamComparison];
