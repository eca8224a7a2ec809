import {
  listQueriesSchema,
  queryLinesSchema,
  queryListSchema,
  querySchema,
} from '../../contract/queries.ts';
import { NDJSON } from '../../contract/media-types.ts';
import type { z } from 'zod';
import { queryResource } from '../../services/query-resource.ts';
import { listQueryIndices } from '../../task/query-indices.ts';
import { parseSpec } from '../../task/spec.ts';
import { json, ndjson, notModified } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const listQueries = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/queries',
    operationId: 'listQueries',
    tags: ['Queries'],
    summary: 'List queries of one kind',
    description: 'A page of an endless list. The same address gives the same queries everywhere.',
    request: { query: listQueriesSchema },
    responses: { 200: json('The queries.', queryListSchema) },
  },
  policy: READ,
  handler: () => (c) => c.json({ queries: queriesOf(c.req.valid('query')) }, 200),
});

export const listQueryLines = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/queries.jsonl',
    operationId: 'listQueryLines',
    tags: ['Queries'],
    summary: 'List queries of one kind as lines of JSON',
    description:
      'The queries of `/v1/queries`, one a line, as evaluation tools read data sets. In English, and with ' +
      'the files of such tools, they come from `bindscope dataset`.',
    request: { query: queryLinesSchema },
    responses: { 200: ndjson('The lines; each is a `Query`.', querySchema), 304: notModified },
  },
  policy: READ,
  handler: () => (c) => {
    const lines = queriesOf(c.req.valid('query')).map((query) => `${JSON.stringify(query)}\n`);
    return new Response(lines.join(''), { headers: { 'content-type': NDJSON } });
  },
});

/** @throws SpecError where the parameters contradict each other */
function queriesOf({
  count,
  start,
  seed,
  questionsPerScene,
  colours,
  shapes,
  items,
  ...kind
}: z.output<typeof listQueriesSchema>) {
  const spec = parseSpec({ ...kind, vocabulary: { colours, shapes, items } });
  return listQueryIndices(spec.objects, count, questionsPerScene, start).map((indices) =>
    queryResource({ spec, seed, ...indices }),
  );
}
