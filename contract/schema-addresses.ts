/**
 * Where every deployment publishes the JSON Schema of a file that people keep, by path: the same for all of them. The
 * number is the version of the form; it changes where a file of the old form would be refused or misread.
 */
export const SCHEMA_ADDRESSES = {
  checkReport: '/schemas/check-report-1.json',
  baseline: '/schemas/baseline-1.json',
  modelCard: '/schemas/model-card-1.json',
  languageEvaluation: '/schemas/language-evaluation-1.json',
  languageInterchange: '/schemas/language-interchange-1.json',
} as const;
