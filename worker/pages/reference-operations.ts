import { z } from 'zod';
import type { ReferenceContent, ReferenceTag } from '../../site/reference/operation.ts';
import { schemaType, type JsonSchema } from './schema-type.ts';

/** The parts of an OpenAPI document that the reference shows. */

const jsonSchema: z.ZodType<JsonSchema> = z.record(z.string(), z.unknown());
const contentSchema = z.record(
  z.string(),
  z.object({ schema: jsonSchema.optional(), example: z.unknown().optional() }),
);

const parameterSchema = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean().default(false),
  description: z.string().optional(),
  example: z.unknown().optional(),
  schema: jsonSchema,
});

const operationSchema = z.object({
  operationId: z.string(),
  tags: z.array(z.string()),
  summary: z.string(),
  description: z.string().default(''),
  parameters: z.array(parameterSchema).default([]),
  requestBody: z.object({ content: contentSchema }).optional(),
  responses: z.record(
    z.string(),
    z.object({ description: z.string().default(''), content: contentSchema.default({}) }),
  ),
  security: z.array(z.unknown()).optional(),
});

const documentSchema = z.object({
  tags: z.array(z.object({ name: z.string(), description: z.string().default('') })),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({ schemas: z.record(z.string(), jsonSchema).default({}) }),
});

/** @param document as at `/openapi.json` @returns its operations, by tag */
export function referenceTags(document: unknown): ReferenceTag[] {
  const { tags, paths, components } = documentSchema.parse(document);
  const typeOf = (schema: JsonSchema | undefined): string =>
    schemaType(schema ?? {}, components.schemas);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      tag: operation.tags[0] ?? '',
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      summary: operation.summary,
      description: operation.description,
      needsToken: (operation.security ?? []).length > 0,
      parameters: operation.parameters.map((parameter) => parameterOf(parameter, typeOf)),
      body: bodyOf(operation.requestBody?.content, typeOf, components.schemas),
      responses: Object.entries(operation.responses).map(([status, { description, content }]) => ({
        status,
        description,
        content: Object.entries(content).map(([mediaType, { schema }]): ReferenceContent => ({
          mediaType,
          type: typeOf(schema),
        })),
      })),
    })),
  );
  return tags.map(({ name, description }) => ({
    name,
    description,
    operations: operations.filter(({ tag }) => tag === name),
  }));
}

type TypeOf = (schema: JsonSchema | undefined) => string;

function parameterOf(
  { name, in: place, required, description, example, schema }: z.output<typeof parameterSchema>,
  typeOf: TypeOf,
) {
  const options = Array.isArray(schema['enum']) ? schema['enum'].map(String) : [];
  return {
    name,
    in: place,
    required,
    description: description ?? textOf(schema['description']),
    type: typeOf(schema),
    options,
    example: required ? textOf(example ?? schema['example']) : '',
    defaultValue: textOf(schema['default']),
  };
}

function bodyOf(
  content: z.output<typeof contentSchema> | undefined,
  typeOf: TypeOf,
  named: Readonly<Record<string, JsonSchema>>,
) {
  const [first] = Object.entries(content ?? {});
  if (!first) return undefined;
  const [mediaType, { schema, example }] = first;
  const name = textOf(schema?.['$ref']).split('/').at(-1) ?? '';
  const given = example ?? schema?.['example'] ?? named[name]?.['example'];
  return { mediaType, type: typeOf(schema), example: given ? JSON.stringify(given, null, 2) : '' };
}

/** A value as people type it into a field. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map(textOf).join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
