import type { Probes, ProbeSection } from '../../contract/probes.ts';
import type { FigureStyle } from '../../plots/document.ts';
import { plotSection } from '../../plots/sections.ts';
import { summariseProbes } from '../../probes/interpretation.ts';
import { requireSection } from '../../services/probe-results.ts';

/** A section of the results as SVG. @throws ServiceError where it has not been measured */
export function drawSection(probes: Probes, section: ProbeSection, style?: FigureStyle): string {
  requireSection(probes, section);
  return plotSection(probes, section, summariseProbes(probes, section), style);
}
