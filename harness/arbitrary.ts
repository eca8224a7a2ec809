import fc from 'fast-check';
import type { JsonSchema, OpenApiDocument, Operation } from './openapi.ts';
import { formOf, type Upload } from './submission.ts';
import { elementAt } from '../task/element-at.ts';

/** Requests that nobody thought of, made from what the API says of itself. */

/**
 * Values that exist, by the name of the part that they stand in, such as `model`, or with that of its
 * operation, such as `getRun.id`: a pattern alone would never meet one.
 */
export type Known = Readonly<Record<string, readonly unknown[]>>;

export interface FuzzRequest {
  readonly operation: Operation;
  readonly path: string;
  readonly init: RequestInit;
}

interface FuzzBody {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | FormData;
}

/** Numbers that mean work stay small most of the time. */
const COSTLY = ['queries', 'pairs', 'count'];
const MOSTLY = 12;

export class RequestArbitraries {
  constructor(
    private readonly document: OpenApiDocument,
    private readonly known: Known,
    /** Of those who may write. */
    private readonly authorization: string,
    /** What is published. */
    private readonly uploads: readonly Upload[],
  ) {}

  /** Requests of an operation: as documented most of the time, spoilt somewhere in the rest. */
  of(operation: Operation): fc.Arbitrary<FuzzRequest> {
    const parts = operation.parameters.map(({ name, in: where, required, schema }) => {
      const good = this.named(name, schema, operation.operationId).map(inUrl);
      const bad = fc.oneof(JUNK, fc.string(), fc.integer().map(String));
      const value = fc.oneof({ weight: 12, arbitrary: good }, { weight: 1, arbitrary: bad });
      const absent = where === 'path' ? 0 : required ? 1 : 8;
      const weighed = [
        { weight: 8, arbitrary: value },
        { weight: absent, arbitrary: fc.constant(undefined) },
      ];
      return fc.oneof(...weighed).map((text) => ({ name, where, text }));
    });
    const accept = fc.oneof(
      { weight: 6, arbitrary: fc.constant(undefined) },
      fc.constantFrom(...typesOf(operation), '*/*', 'text/plain', ''),
    );
    const authorization = fc.oneof(
      { weight: operation.security ? 8 : 0, arbitrary: fc.constant(this.authorization) },
      { weight: 1, arbitrary: fc.constant(undefined) },
    );
    return fc
      .record({ parts: fc.tuple(...parts), body: this.body(operation), accept, authorization })
      .map(({ parts: given, body, accept: accepted, authorization: shown }) => {
        const headers = {
          ...body?.headers,
          ...(accepted !== undefined && { accept: accepted }),
          ...(shown !== undefined && { authorization: shown }),
        };
        const init = {
          method: operation.method.toUpperCase(),
          headers,
          ...(body && { body: body.body }),
        };
        return { operation, path: addressOf(operation.path, given), init };
      });
  }

  private body(operation: Operation): fc.Arbitrary<FuzzBody | undefined> {
    if (operation.requestBody?.content['multipart/form-data']) return this.form();
    const schema = operation.requestBody?.content['application/json']?.schema;
    if (!schema) return fc.constant(undefined);
    const json = { 'content-type': 'application/json' };
    const good = this.value(schema).map((value) => ({
      headers: json,
      body: JSON.stringify(value),
    }));
    const spoilt = fc
      .tuple(this.value(schema), fc.string(), fc.jsonValue())
      .map(([value, key, junk]) => ({
        headers: json,
        body: JSON.stringify(spoil(value, key, junk)),
      }));
    const raw = fc.oneof(fc.json(), fc.string()).map((body) => ({ headers: json, body }));
    const other = fc.record({
      headers: fc.record({
        'content-type': fc.constantFrom('text/plain', 'application/xml', 'x/y'),
      }),
      body: fc.string(),
    });
    return fc.oneof(
      { weight: 8, arbitrary: good },
      { weight: 4, arbitrary: spoilt },
      { weight: 2, arbitrary: raw },
      { weight: 1, arbitrary: other },
    );
  }

  /** Files of a model, some of them spoilt, lost or another's; as often as they are, one that is good. */
  private form(): fc.Arbitrary<FuzzBody> {
    const part = fc.record({
      upload: fc.nat(this.uploads.length - 1),
      name: fc.constantFrom('card.json', 'model.onnx', 'encoder.onnx', 'x'),
      bytes: fc.option(fc.uint8Array({ maxLength: 64 })),
    });
    return fc
      .record({ base: fc.nat(this.uploads.length - 1), parts: fc.array(part, { maxLength: 2 }) })
      .map(({ base, parts }) => {
        const files = new Map(this.uploads[base]);
        for (const { upload, name, bytes } of parts) {
          const other = bytes ? new Uint8Array(bytes) : this.uploads[upload]?.get(name);
          if (other) files.set(name, other);
          else files.delete(name);
        }
        return { headers: {}, body: formOf(files) };
      });
  }

  private named(name: string, schema: JsonSchema, operation?: string): fc.Arbitrary<unknown> {
    const made = this.value(schema, COSTLY.includes(name));
    const values = this.known[`${operation ?? ''}.${name}`] ?? this.known[name];
    if (!values) return made;
    const real = fc.constantFrom(...values);
    return fc.oneof({ weight: 9, arbitrary: real }, { weight: 1, arbitrary: made });
  }

  /** Values that a schema allows. */
  private value(schema: JsonSchema, costly = false): fc.Arbitrary<unknown> {
    const { $ref, const: constant, enum: choices, anyOf, oneOf, example, default: usual } = schema;
    if (typeof $ref === 'string') return this.value(this.resolve($ref));
    if ('const' in schema) return fc.constant(constant);
    if (Array.isArray(choices)) return fc.constantFrom(...(choices as unknown[]));
    const alternatives = anyOf ?? oneOf;
    if (Array.isArray(alternatives)) {
      return fc.oneof(...(alternatives as JsonSchema[]).map((one) => this.value(one)));
    }
    const made = this.typed(schema, costly);
    const likely = [example, usual].filter((value) => value !== undefined);
    if (likely.length === 0) return made;
    return fc.oneof(
      { weight: 3, arbitrary: made },
      { weight: 1, arbitrary: fc.constantFrom(...likely) },
    );
  }

  private typed(schema: JsonSchema, costly: boolean): fc.Arbitrary<unknown> {
    const { type, minimum, maximum, pattern, items, minItems, maxItems } = schema;
    switch (type) {
      case 'integer': {
        const [min, max] = [Number(minimum ?? -100), Number(maximum ?? 1000)];
        if (!costly) return fc.integer({ min, max });
        const cheap = fc.integer({ min, max: Math.min(max, MOSTLY) });
        return fc.oneof(
          { weight: 40, arbitrary: cheap },
          { weight: 1, arbitrary: fc.integer({ min, max }) },
        );
      }
      case 'number':
        return fc.double({ noNaN: true, noDefaultInfinity: true });
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'string':
        return typeof pattern === 'string' ? fc.stringMatching(new RegExp(pattern)) : fc.string();
      case 'array': {
        const [minLength, most] = [Number(minItems ?? 0), Math.min(Number(maxItems ?? 4), 4)];
        const element = this.value((items ?? {}) as JsonSchema);
        return fc.array(element, { minLength, maxLength: Math.max(minLength, most) });
      }
      case 'object':
        return this.object(schema);
      default:
        return fc.jsonValue();
    }
  }

  private object({ properties = {}, required = [] }: JsonSchema): fc.Arbitrary<unknown> {
    const parts = Object.entries(properties as Record<string, JsonSchema>);
    const model = Object.fromEntries(parts.map(([name, part]) => [name, this.named(name, part)]));
    return fc.record(model, {
      requiredKeys: (required as string[]).filter((name) => name in model),
    });
  }

  private resolve(reference: string): JsonSchema {
    const name = reference.split('/').at(-1) ?? '';
    const schema = this.document.components.schemas[name];
    if (!schema) throw new Error(`the description has no schema ${reference}`);
    return schema;
  }
}

/** What has broken other servers. */
const JUNK = fc.constantFrom(
  '',
  '-1',
  'NaN',
  '1e999',
  '0x10',
  '9'.repeat(40),
  '../../etc/passwd',
  '%00',
  '\u0000',
  '"; DROP TABLE models; --',
  '<script>',
  '__proto__',
  'constructor',
  ',,,',
  'a,'.repeat(100),
);

function spoil(value: unknown, key: string, junk: unknown): unknown {
  if (Array.isArray(value)) return [...(value as unknown[]), junk];
  if (typeof value !== 'object' || value === null) return junk;
  const keys = Object.keys(value);
  // Sometimes one that is there, sometimes one that nobody knows.
  const where =
    keys.length > 0 && key.length % 3 > 0 ? elementAt(keys, key.length % keys.length) : key;
  return { ...value, [where]: junk };
}

const inUrl = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value));

function addressOf(
  template: string,
  parts: readonly { name: string; where: string; text: string | undefined }[],
): string {
  let path = template;
  const query = new URLSearchParams();
  for (const { name, where, text } of parts) {
    if (where === 'path') {
      // An empty part, or one of dots, would be another address.
      const safe = /^\.{0,2}$/.test(text ?? '') ? '-' : encodeURIComponent(text ?? '-');
      path = path.replace(`{${name}}`, safe);
    } else if (where === 'query' && text !== undefined) query.append(name, text);
  }
  return query.size > 0 ? `${path}?${query}` : path;
}

const typesOf = ({ responses }: Operation): string[] =>
  Object.values(responses).flatMap(({ content }) => Object.keys(content ?? {}));
