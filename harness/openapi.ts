import { Validator } from '@cfworker/json-schema';
import { z } from 'zod';
import { NDJSON } from '../contract/media-types.ts';
import { read, type RunningWorker } from './worker.ts';

/** The API's own description, as far as tests use it. */

const schemaSchema = z.record(z.string(), z.unknown());
export type JsonSchema = z.output<typeof schemaSchema>;
const contentSchema = z.record(z.string(), z.object({ schema: schemaSchema.optional() }));

const parameterSchema = z.object({
  name: z.string(),
  in: z.enum(['query', 'path', 'header']),
  required: z.boolean().default(false),
  schema: schemaSchema,
});
export type Parameter = z.output<typeof parameterSchema>;

const operationSchema = z.object({
  operationId: z.string(),
  tags: z.array(z.string()).nonempty(),
  summary: z.string(),
  parameters: z.array(parameterSchema).default([]),
  requestBody: z.object({ content: contentSchema }).optional(),
  responses: z.record(z.string(), z.object({ content: contentSchema.optional() })),
  /** Of those that write. */
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
});

const documentSchema = z.object({
  openapi: z.literal('3.1.0'),
  tags: z.array(z.object({ name: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({ schemas: z.record(z.string(), schemaSchema) }),
});
export type OpenApiDocument = z.output<typeof documentSchema>;

export interface Operation extends z.output<typeof operationSchema> {
  readonly method: string;
  readonly path: string;
}

export async function fetchDocument(worker: RunningWorker): Promise<OpenApiDocument> {
  return read(await worker.fetch('/openapi.json'), documentSchema);
}

export const operationsOf = (document: OpenApiDocument): Operation[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
  );

/** What the documented schemas find wrong with an answer. */
export class ResponseChecker {
  readonly #validators = new Map<JsonSchema, Validator>();

  constructor(private readonly document: OpenApiDocument) {}

  /** @returns one line a fault; none where status, type and body are as documented */
  async faults(operation: Operation, response: Response): Promise<string[]> {
    const body = await response.text();
    const documented =
      operation.responses[response.status] ??
      operation.responses[`${Math.floor(response.status / 100)}XX`];
    if (!documented) return [`status ${response.status} is not documented`];
    const type = response.headers.get('content-type')?.split(';')[0] ?? '';
    const { content } = documented;
    if (!content) return body === '' ? [] : [`status ${response.status} should have no body`];
    const media = content[type];
    if (!media) return [`type "${type}" is not documented for ${response.status}`];
    const { schema } = media;
    if (!schema || !type.endsWith('json')) return [];
    const values = type === NDJSON ? body.trimEnd().split('\n') : [body];
    return values.flatMap((value) => {
      const { valid, errors } = this.#validator(schema).validate(JSON.parse(value));
      if (valid) return [];
      return errors.map(({ instanceLocation, error }) => `${instanceLocation} ${error}`);
    });
  }

  #validator(schema: JsonSchema): Validator {
    const known = this.#validators.get(schema);
    if (known) return known;
    const { components } = this.document;
    const made = new Validator({ ...schema, components }, '2020-12');
    this.#validators.set(schema, made);
    return made;
  }
}

/** The address of an operation that its documented examples make. @throws Error where one lacks */
export function exampleAddress(operation: Operation): string {
  let { path } = operation;
  const query = new URLSearchParams();
  for (const { name, in: where, required, schema } of operation.parameters) {
    const example = schema['example'];
    if (example === undefined) {
      if (required) throw new Error(`${operation.operationId}: no example of ${name}`);
    } else if (where === 'path')
      path = path.replace(`{${name}}`, encodeURIComponent(text(example)));
    else if (where === 'query') query.set(name, text(example));
  }
  return query.size > 0 ? `${path}?${query}` : path;
}

/** The request of an operation with its examples. @throws Error where an example lacks */
export function exampleRequest(
  { components }: OpenApiDocument,
  operation: Operation,
): { path: string; init: RequestInit } {
  const path = exampleAddress(operation);
  const method = operation.method.toUpperCase();
  if (!operation.requestBody) return { path, init: { method } };
  const schema = operation.requestBody.content['application/json']?.schema;
  const name = z.string().safeParse(schema?.['$ref']).data?.split('/').at(-1);
  const body = (name === undefined ? schema : components.schemas[name])?.['example'];
  if (body === undefined) throw new Error(`${operation.operationId}: no example of a body`);
  const headers = { 'content-type': 'application/json' };
  return { path, init: { method, headers, body: JSON.stringify(body) } };
}

const text = (example: unknown): string =>
  Array.isArray(example) ? example.join(',') : String(example);
