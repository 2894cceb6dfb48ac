import { z } from 'zod';
import { listParameters } from './fill-path.js';
import { type OperationName, operations } from './operations.js';

/** list: several texts · json: an object, or a list of them · text-or-json: a text, or either of these. */
export type FieldKind = 'text' | 'number' | 'boolean' | 'list' | 'json' | 'text-or-json';

/** One field of an operation's request, for whoever makes a form or a command line of it. */
export interface RequestField {
  name: string;
  kind: FieldKind;
  required: boolean;
  /** It is part of the path, not of the body. */
  inPath: boolean;
  /** What it holds: `text`, `WHATSAPP | SMS`, `{by, to}` … */
  shape: string;
}

interface JsonSchema {
  type?: string | string[];
  const?: string | number | boolean;
  enum?: (string | number | boolean)[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
}

/** The fields of a request, the path's first; where an operation takes several bodies, the fields of all. */
export function describeRequest(name: OperationName): RequestField[] {
  const operation = operations[name];
  const schema = z.toJSONSchema(operation.request, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const bodies = alternatives(schema);
  const parameters = new Set(listParameters(operation.path));
  const names = [...new Set(bodies.flatMap((body) => Object.keys(body.properties ?? {})))];
  const fields = names.map((field): RequestField => {
    const given = bodies.flatMap((body) => body.properties?.[field] ?? []);
    const either: JsonSchema = { anyOf: given };
    return {
      name: field,
      kind: kindOf(either),
      required: bodies.every((body) => body.required?.includes(field) === true),
      inPath: parameters.has(field),
      shape: shapeOf(either),
    };
  });
  return fields.sort((one, other) => Number(other.inPath) - Number(one.inPath));
}

function alternatives(schema: JsonSchema): JsonSchema[] {
  const inner = schema.anyOf ?? schema.oneOf;
  return inner === undefined ? [schema] : inner.flatMap(alternatives);
}

const typesOf = (schema: JsonSchema): string[] => alternatives(schema).flatMap((one) => one.type ?? []);

function kindOf(schema: JsonSchema): FieldKind {
  const types = typesOf(schema);
  const isStructured = types.includes('object') || types.includes('array');
  if (isStructured && types.includes('string')) return 'text-or-json';
  if (types.includes('object')) return 'json';
  if (types.includes('array')) {
    const items = alternatives(schema).flatMap((one) => (one.items === undefined ? [] : typesOf(one.items)));
    return items.includes('object') ? 'json' : 'list';
  }
  if (types.includes('boolean')) return 'boolean';
  return types.includes('string') ? 'text' : 'number';
}

function shapeOf(schema: JsonSchema): string {
  return [...new Set(alternatives(schema).flatMap(shapesOf))].join(' | ');
}

function shapesOf(schema: JsonSchema): string[] {
  if (schema.const !== undefined) return [schema.const === '' ? 'nothing' : String(schema.const)];
  if (schema.enum !== undefined) return schema.enum.map(String);
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  return types.map((type) => {
    switch (type) {
      case 'string':
        return 'text';
      case 'integer':
      case 'number':
        return 'number';
      case 'boolean':
        return 'true | false';
      case 'array':
        return `[${shapeOf(schema.items ?? {})}, …]`;
      case 'object':
        return objectShape(schema);
      default:
        return type;
    }
  });
}

function objectShape({ properties, required = [] }: JsonSchema): string {
  if (properties === undefined) return '{name: value, …}';
  const members = Object.entries(properties).map(([name, schema]) => {
    const isPlain = kindOf(schema) !== 'json' && schema.const === undefined;
    return `${name}${required.includes(name) ? '' : '?'}${isPlain ? '' : `: ${shapeOf(schema)}`}`;
  });
  return `{${members.join(', ')}}`;
}
