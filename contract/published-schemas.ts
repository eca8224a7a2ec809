import { z } from 'zod';
import { baselineSchema } from './baseline.ts';
import { modelCardSchema } from './card.ts';
import { languageEvaluationSchema } from './language-evaluation.ts';
import { languageInterchangeSchema } from './language-interchange.ts';
import { checkReportSchema } from './regression.ts';
import { SCHEMA_ADDRESSES } from './schema-addresses.ts';

/** The files whose JSON Schema every deployment publishes, by the last part of its address. */

const FOLDER = '/schemas/';
const nameOf = (address: string) => address.slice(FOLDER.length);

const PUBLISHED = {
  [nameOf(SCHEMA_ADDRESSES.checkReport)]: {
    title: 'Report of bindscope check',
    schema: checkReportSchema,
  },
  [nameOf(SCHEMA_ADDRESSES.baseline)]: {
    title: 'Baseline of bindscope check',
    schema: baselineSchema,
  },
  [nameOf(SCHEMA_ADDRESSES.modelCard)]: {
    title: 'Model card of bindscope',
    schema: modelCardSchema,
  },
  [nameOf(SCHEMA_ADDRESSES.languageEvaluation)]: {
    title: 'Answers of a language model, by bindscope evaluate',
    schema: languageEvaluationSchema,
  },
  [nameOf(SCHEMA_ADDRESSES.languageInterchange)]: {
    title: 'Interchange in language models, by bindscope interchange',
    schema: languageInterchangeSchema,
  },
};

const names = Object.keys(PUBLISHED);

export const schemaPathSchema = z.object({
  name: z
    .enum(names, { error: `a schema must be one of ${names.join(', ')}` })
    .meta({ example: nameOf(SCHEMA_ADDRESSES.checkReport) }),
});

/**
 * The JSON Schema (draft 2020-12) of a published name. It allows
 * unknown fields where bindscope does. It cannot say that two parts contradict each other; bindscope also checks that.
 *
 * @throws RangeError where there is none of this name
 */
export function publishedSchema(name: string): Record<string, unknown> {
  const published = Object.hasOwn(PUBLISHED, name) ? PUBLISHED[name] : undefined;
  if (!published) throw new RangeError(`there is no schema ${name}`);
  const { title, schema } = published;
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });
  return { $schema, $id: FOLDER + name, title, ...rest };
}
