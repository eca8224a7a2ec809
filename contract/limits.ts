import { TOKEN_COUNT } from '../task/tokens.ts';

/** Limits of API requests. Those of the task itself are in `task/spec.ts`. */
export const API_LIMITS = {
  modelsPerRequest: 8,
  /** Figures show this many models, the first of the list, where a request names none. */
  modelsInFigures: 6,
  queriesPerPage: 100,
  queriesAsLines: 1000,
  /** Largest index of the first query in the endless list of queries of one kind. */
  start: 1_000_000,
  queriesPerPrediction: 64,
  top: TOKEN_COUNT,
  queriesPerCount: 2000,
  questionsPerScene: 8,
  pairsPerSweep: 128,
  queriesPerKnockout: 512,
  layersPerIntervention: 64,
  positionsPerIntervention: 16,
  headsPerIntervention: 64,
  runsPerDocument: 64,
  writesPerRun: 64,
  tokensPerSite: 64,
  queriesPerSet: 64,
  metricsPerDocument: 16,
  /** Tokens that all writes of an intervention document have together, which bounds its memory. */
  writtenTokens: 4096,
  /** Tokens that an attribution cuts layer by layer. */
  layeredTokens: 8,
  /** Answers that an attribution follows through the layers. */
  candidates: 16,
  bodyBytes: 256 * 1024,
} as const;
