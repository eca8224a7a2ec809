import { compareModels } from './compare-models.ts';
import { predict } from './predict.ts';

export const EVALUATION_ROUTES = [predict, compareModels];
