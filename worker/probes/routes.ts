import { attribute } from './attribute.ts';
import { compareProbes } from './compare-probes.ts';
import { getMechanismPlot } from './get-mechanism-plot.ts';
import { getProbePlot } from './get-probe-plot.ts';
import { getProbes } from './get-probes.ts';
import { intervene } from './intervene.ts';
import { knockOut } from './knock-out.ts';

export const PROBE_ROUTES = [
  getProbes,
  getProbePlot,
  compareProbes,
  getMechanismPlot,
  intervene,
  knockOut,
  attribute,
];
