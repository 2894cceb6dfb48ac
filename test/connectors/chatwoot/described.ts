import { readFileSync } from 'node:fs';

interface Schema {
  $ref?: string;
  type?: string | string[];
  nullable?: boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
}

interface Operation {
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

const place = new URL('../../fixtures/chatwoot/openapi.json', import.meta.url);
const description = JSON.parse(readFileSync(place, 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
};

function resolve(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const parts = schema.$ref.replace('#/', '').split('/');
  const found = parts.reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], description);
  return resolve(found as Schema);
}

/** Where a value is not as its schema has it; a member of which the schema says nothing is no fault. */
export function faultsOf(value: unknown, given: Schema, at = '$'): string[] {
  const schema = resolve(given);
  if (value === null && (schema.nullable === true || schema.type === 'null')) return [];
  const all = (schema.allOf ?? []).flatMap((part) => faultsOf(value, part, at));
  const choices = schema.oneOf ?? schema.anyOf ?? [];
  const none = choices.length > 0 && choices.every((choice) => faultsOf(value, choice, at).length > 0);
  const own = [...faultsOfType(value, schema, at), ...faultsOfMembers(value, schema, at)];
  return [...all, ...(none ? [`${at} fits none of its choices`] : []), ...own];
}

function faultsOfType(value: unknown, { type, enum: words }: Schema, at: string): string[] {
  if (words !== undefined && !words.includes(value))
    return [`${at} is ${JSON.stringify(value)}, no word of its list`];
  const types = type === undefined ? [] : [type].flat();
  if (types.length === 0 || types.some((one) => isOfType(value, one))) return [];
  return [`${at} is ${value === null ? 'null' : typeof value}, not ${types.join(' or ')}`];
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}

function faultsOfMembers(
  value: unknown,
  { properties = {}, required = [], items }: Schema,
  at: string,
): string[] {
  if (Array.isArray(value)) {
    return items === undefined ? [] : value.flatMap((one, place) => faultsOf(one, items, `${at}[${place}]`));
  }
  if (typeof value !== 'object' || value === null) return [];
  const members = value as Record<string, unknown>;
  const missing = required
    .filter((name) => members[name] === undefined)
    .map((name) => `${at}.${name} is missing`);
  const inner = Object.entries(properties).flatMap(([name, schema]) =>
    members[name] === undefined ? [] : faultsOf(members[name], schema, `${at}.${name}`),
  );
  return [...missing, ...inner];
}

/** The members that a schema knows, those of its parts included. */
function namesOf(given: Schema): string[] {
  const schema = resolve(given);
  const parts = [...(schema.allOf ?? []), ...(schema.oneOf ?? [])].flatMap(namesOf);
  return [...Object.keys(schema.properties ?? {}), ...parts];
}

/** The operation that a call is, as `POST /api/v1/accounts/{account_id}/contacts`. */
export function operationOf(
  method: string,
  path: string,
): { name: string; operation: Operation } | undefined {
  const matching = Object.entries(description.paths).filter(([template, operations]) => {
    const shape = new RegExp(`^${template.replaceAll(/\{[^}]+\}/gu, '[^/]+')}$`, 'u');
    return shape.test(path) && operations[method.toLowerCase()] !== undefined;
  });
  // `/contacts/search` is also `/contacts/{id}`: what is written out comes first.
  const [best] = matching.sort(([one], [other]) => one.split('{').length - other.split('{').length);
  const operation = best?.[1][method.toLowerCase()];
  return best === undefined || operation === undefined
    ? undefined
    : { name: `${method} ${best[0]}`, operation };
}

export function faultsOfRequest(
  operation: Operation,
  contentType: string,
  body: Record<string, unknown>,
): string[] {
  const kind = contentType.split(';')[0] ?? '';
  const schema = operation.requestBody?.content[kind]?.schema;
  if (schema === undefined) return Object.keys(body).length === 0 ? [] : [`${kind} is not described`];
  const names = namesOf(schema);
  const unknown = Object.keys(body).filter((name) => !names.includes(name));
  return [...unknown.map((name) => `$.${name} is not described`), ...faultsOf(body, schema)];
}

export function faultsOfAnswer(operation: Operation, status: number, body: unknown): string[] {
  const described = operation.responses[String(status)];
  if (described === undefined) return [`${status} is not described`];
  const schema = described.content?.['application/json']?.schema;
  return schema === undefined ? [] : faultsOf(body, schema);
}
