import { getAccuracyPlot } from './get-accuracy-plot.ts';
import { getAccuracy } from './get-accuracy.ts';
import { getModelFile } from './get-model-file.ts';
import { getHuggingFaceArchive } from './get-huggingface-archive.ts';
import { getModel } from './get-model.ts';
import { getTrainingPlot } from './get-training-plot.ts';
import { listModels } from './list-models.ts';

export const MODEL_ROUTES = [
  listModels,
  getModel,
  getModelFile,
  getHuggingFaceArchive,
  getTrainingPlot,
  getAccuracy,
  getAccuracyPlot,
];
