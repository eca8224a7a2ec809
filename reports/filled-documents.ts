/** Documents with places that `npm run results` fills in from the measurements. */
export const FILLED = [
  'README.md',
  'docs/models.md',
  'docs/pretrained.md',
  'docs/recipe.md',
  'docs/science.md',
];

/** What the page of language models shows. */
export const SUMMARY = 'site/pretrained/summary.json';
