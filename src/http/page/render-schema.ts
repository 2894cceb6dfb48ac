import type { Json } from '../openapi.js';
import { escapeHtml as text } from './escape-html.js';

/** A JSON schema in words: a list of fields, a choice, or one line. */
export function renderSchema(schema: Json): string {
  const choices = (schema.oneOf ?? schema.anyOf) as Json[] | undefined;
  if (choices !== undefined && choices.some(hasFields)) {
    return `<p class="choice">One of</p><ul class="choices">${choices.map((choice) => `<li>${renderSchema(choice)}</li>`).join('')}</ul>`;
  }
  if (!hasFields(schema)) return `<span class="shape">${shapeOf(schema)}</span>`;
  const required = (schema.required ?? []) as string[];
  const fields = Object.entries(schema.properties as Record<string, Json>).map(([name, field]) => {
    const about = field.description === undefined ? '' : `<p>${text(field.description as string)}</p>`;
    const inner = nested(field);
    return `<dt><code>${text(name)}</code>${required.includes(name) ? '' : ' <small>optional</small>'}</dt><dd>${inner ?? `<span class="shape">${shapeOf(field)}</span>`}${about}</dd>`;
  });
  return `<dl>${fields.join('')}</dl>`;
}

const hasFields = (schema: Json): boolean => Object.keys(schema.properties ?? {}).length > 0;

function nested(field: Json): string | undefined {
  const items = field.items as Json | undefined;
  if (items !== undefined && hasFields(items))
    return `<span class="shape">list of</span>${renderSchema(items)}`;
  const choices = (field.oneOf ?? field.anyOf) as Json[] | undefined;
  return hasFields(field) || choices?.some(hasFields) === true ? renderSchema(field) : undefined;
}

function shapeOf(schema: Json): string {
  if (typeof schema.$ref === 'string') {
    const name = text(schema.$ref.split('/').at(-1) ?? '');
    return `<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return `<code>${text(JSON.stringify(schema.const))}</code>`;
  const words = schema.enum as unknown[] | undefined;
  if (words !== undefined) {
    return words
      .map((word) => `<code>${text(typeof word === 'string' ? word : JSON.stringify(word))}</code>`)
      .join(' ');
  }
  const choices = (schema.oneOf ?? schema.anyOf) as Json[] | undefined;
  if (choices !== undefined) return choices.map(shapeOf).join(' or ');
  if (schema.type === 'array') return `list of ${shapeOf((schema.items ?? {}) as Json)}`;
  const values = schema.additionalProperties;
  if (typeof values === 'object' && values !== null) return `object of ${shapeOf(values as Json)}`;
  return [typeof schema.type === 'string' ? schema.type : 'anything', ...bounds(schema)].map(text).join(', ');
}

function bounds(schema: Json): string[] {
  const { format, minLength, maxLength, minimum, maximum, minItems, maxItems } = schema as Record<
    string,
    number | string
  >;
  return [
    ...(format === undefined ? [] : [String(format)]),
    ...between(minLength, maxLength, ' characters'),
    ...between(minimum, maximum, ''),
    ...between(minItems, maxItems, ' items'),
    ...(schema.default === undefined ? [] : [`${JSON.stringify(schema.default)} when not said`]),
  ];
}

/** Bounds that are only those of a whole number in JavaScript say nothing. */
function between(
  least: number | string | undefined,
  most: number | string | undefined,
  unit: string,
): string[] {
  const low = least === undefined || Number(least) <= Number.MIN_SAFE_INTEGER ? undefined : least;
  const high = most === undefined || Number(most) >= Number.MAX_SAFE_INTEGER ? undefined : most;
  if (low !== undefined && high !== undefined) return [`${low}–${high}${unit}`];
  if (low !== undefined) return [`at least ${low}${unit}`];
  return high === undefined ? [] : [`at most ${high}${unit}`];
}
