import { z } from 'zod';

/** A schema of the contract, whatever it reads. */
export type Schema<Output = unknown> = z.ZodType<Output>;
export type OutputOf<S extends Schema> = z.output<S>;
export type Issue = z.core.$ZodIssue;

export interface JsonSchemaParts {
  schema: Record<string, unknown>;
  /** Every part that has a name of its own. */
  components: Record<string, unknown>;
}

/**
 * A schema as OpenAPI 3.1 takes it. What we answer may gain fields one day, so answers are not closed to
 * unknown fields; requests are.
 */
export function toJsonSchema(schema: Schema, direction: 'request' | 'answer'): JsonSchemaParts {
  const { $schema, $defs, ...rest } = z.toJSONSchema(schema, {
    io: direction === 'request' ? 'input' : 'output',
    override: ({ jsonSchema }) => {
      if (direction === 'answer' && jsonSchema.additionalProperties === false)
        delete jsonSchema.additionalProperties;
      // The pattern repeats, at length, what the format says.
      if (jsonSchema.format === 'date-time' || jsonSchema.format === 'email') delete jsonSchema.pattern;
    },
  });
  return rename({ schema: rest, components: $defs ?? {} });
}

function rename<T>(value: T): T {
  const text = JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/');
  return JSON.parse(text) as T;
}
