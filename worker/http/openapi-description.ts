/** The general part of `/openapi.json`; the routes describe themselves. */
export const DESCRIPTION = {
  openapi: '3.1.0',
  info: {
    title: 'bindscope',
    version: '1',
    description:
      'Evaluates small transformers that bind by position or by symbol: queries, predictions, ' +
      'comparisons, and interventions on activations.\n\n' +
      'A response depends only on the request, the models and the code. Every error is ' +
      '`application/problem+json` (RFC 9457), and its `type` is the address of [a page](/problems) ' +
      'that explains it.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  // Operations that need a token say so; all others are open.
  security: [],
  servers: [{ url: '/', description: 'This deployment.' }],
  tags: [
    { name: 'Evaluation', description: 'Query models and compare their answers.' },
    { name: 'Queries', description: 'The queries of the task, as data and as pictures.' },
    { name: 'Models', description: 'The models of this deployment: cards and files.' },
    { name: 'Registry', description: 'Publish models into a running deployment.' },
    { name: 'History', description: 'Store comparisons and checks, and show trends.' },
    {
      name: 'Mechanism',
      description: 'Positional or symbolic: interventions, knockouts and probe results.',
    },
    {
      name: 'Open Inference Protocol',
      description: 'Version 2, for clients of KServe and Triton: tensors in, tensors out.',
    },
    { name: 'Deployment', description: 'What this deployment has switched on.' },
    { name: 'Embeds', description: 'For other sites: frames, figures, badges, oEmbed.' },
    { name: 'Pages', description: 'Pages for people.' },
  ],
};
