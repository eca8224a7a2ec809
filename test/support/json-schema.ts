import { Validator } from '@cfworker/json-schema';
import { publishedSchema } from '../../contract/published-schemas.ts';

/** What an independent validator finds in a value, as JSON would carry it, by the schema at an address. */
export function schemaFaults(address: string, value: unknown): string[] {
  const schema = publishedSchema(address.replace('/schemas/', ''));
  if (schema['$id'] !== address) throw new Error(`${address} has the id ${String(schema['$id'])}`);
  const validator = new Validator(schema, '2020-12', false);
  const { errors } = validator.validate(JSON.parse(JSON.stringify(value)));
  return errors.map(({ instanceLocation, error }) => `${instanceLocation} ${error}`);
}
