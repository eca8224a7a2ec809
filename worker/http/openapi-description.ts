import type { App } from './app-env.ts';

/** The general part of `/openapi.json`; the routes describe themselves. */
const DESCRIPTION = {
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
    { name: 'Evaluations', description: 'Compare models on many queries, and keep the outcomes.' },
    {
      name: 'Watches',
      description: 'Check deployments on a schedule, and be notified of changes.',
    },
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

/** `/openapi.json`: the routes of an app. */
export function documentOf(app: App): unknown {
  const { components, ...document } = app.getOpenAPI31Document(DESCRIPTION);
  const schemas = inOrderOfUse(components?.schemas ?? {});
  return readableByTools({ ...document, components: { ...components, schemas } });
}

/** Schemas after those that they refer to: openapi-python-client drops some that refer to later ones. */
function inOrderOfUse<T>(schemas: Readonly<Record<string, T>>): Record<string, T> {
  const ordered = new Map<string, T>();
  const visiting = new Set<string>();
  const visit = (name: string, schema: T) => {
    if (visiting.has(name)) return;
    visiting.add(name);
    const references = JSON.stringify(schema).matchAll(/"#\/components\/schemas\/(\w+)"/g);
    for (const [, other = ''] of references) {
      const referred = schemas[other];
      if (referred !== undefined) visit(other, referred);
    }
    ordered.set(name, schema);
  };
  for (const [name, schema] of Object.entries(schemas)) visit(name, schema);
  return Object.fromEntries(ordered);
}

/**
 * A schema, or what contains some, in the forms that generators of clients and tests read:
 * - tuples are arrays of a fixed length: `prefixItems` alone allows any length, and few tools know it;
 * - a list of whole numbers is of type `integer`.
 */
function readableByTools(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readableByTools);
  if (typeof value !== 'object' || value === null) return value;
  const { prefixItems, ...schema } = Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, readableByTools(part)]),
  );
  const { type, enum: values } = schema;
  if (type === 'number' && Array.isArray(values) && values.every(Number.isInteger)) {
    return { ...schema, type: 'integer' };
  }
  if (!Array.isArray(prefixItems)) return schema;
  const kinds = new Set(prefixItems.map((item) => JSON.stringify(item)));
  const items: unknown = kinds.size === 1 ? prefixItems[0] : { anyOf: prefixItems };
  return { ...schema, items, minItems: prefixItems.length, maxItems: prefixItems.length };
}
