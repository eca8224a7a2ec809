/** What `/openapi.json` says of the API as a whole; its routes describe themselves. */
export const DESCRIPTION = {
  openapi: '3.1.0',
  info: {
    title: 'bindscope',
    version: '1',
    description:
      'Evaluation of small transformers that bind by position or by symbol: queries, ' +
      'predictions, comparisons, and what goes on inside a model.\n\n' +
      'Every answer is a function of the request and of the models. Every error is ' +
      '`application/problem+json` (RFC 9457) with a `type` that has [a page](/problems).',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/', description: 'This deployment.' }],
  tags: [
    { name: 'Evaluation', description: 'Ask models, and compare what they answer.' },
    { name: 'Queries', description: 'The task, query by query, as data and as pictures.' },
    { name: 'Models', description: 'What is deployed: cards and files.' },
    { name: 'Registry', description: 'Publish models into a running deployment.' },
    { name: 'History', description: 'Keep comparisons and checks, and see how figures go.' },
    { name: 'Mechanism', description: 'By position or by symbol: patch a model and see.' },
    {
      name: 'Open Inference Protocol',
      description: 'Version 2, for clients of KServe and Triton: tensors in, tensors out.',
    },
    { name: 'Embeds', description: 'For other sites: frames, figures, badges, oEmbed.' },
    { name: 'Pages', description: 'For people.' },
  ],
};
