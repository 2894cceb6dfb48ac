import type { Json, OpenApiDocument } from '../openapi.js';
import { escapeHtml as text } from './escape-html.js';
import { renderSchema } from './render-schema.js';

interface Operation {
  method: string;
  path: string;
  words: Json;
}

/** The API's description as one page: a list at the side, an entry for each operation, then the schemas. */
export function renderDocs(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, words]): Operation => ({ method, path, words })),
  );
  const groups = new Map<string, Operation[]>();
  for (const operation of operations) {
    const tag = String((operation.words.tags as string[])[0]);
    groups.set(tag, [...(groups.get(tag) ?? []), operation]);
  }
  const schemas = Object.entries(document.components.schemas) as [string, Json][];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${text(document.info.title)} API</title>
<link rel="stylesheet" href="/docs.css">
</head>
<body>
<a class="skip" href="#content">To the content</a>
<header>
<p class="kicker">API ${text(document.info.version)}</p>
<h1>${text(document.info.title)}</h1>
<p>${prose(document.info.description)}</p>
<p><a href="/openapi.json">openapi.json</a> has the same for your tools.</p>
</header>
<div class="columns">
<nav aria-label="Operations">${[...groups].map(([tag, group]) => renderGroupLinks(tag, group)).join('')}
<h2><a href="#schemas">Schemas</a></h2></nav>
<main id="content">
${[...groups].map(([tag, group]) => `<section><h2 id="${anchor(tag)}">${text(tag)}</h2>${group.map(renderOperation).join('')}</section>`).join('\n')}
<section><h2 id="schemas">Schemas</h2>${schemas.map(([name, schema]) => `<article id="schema-${text(name)}"><h3>${text(name)}</h3>${renderSchema(schema)}</article>`).join('')}</section>
</main>
</div>
</body>
</html>
`;
}

function renderGroupLinks(tag: string, group: Operation[]): string {
  const links = group.map(
    ({ method, path, words }) =>
      `<li><a href="#${text(String(words.operationId))}">${badge(method)}<span>${breakable(path)}</span></a></li>`,
  );
  return `<h2><a href="#${anchor(tag)}">${text(tag)}</a></h2><ul>${links.join('')}</ul>`;
}

function renderOperation({ method, path, words }: Operation): string {
  const parameters = words.parameters as Json[];
  const body = words.requestBody as { content: Record<string, { schema?: Json }> } | undefined;
  const permission = words['x-permission'] as string | undefined;
  return `<article id="${text(String(words.operationId))}">
<h3>${text(String(words.summary))}</h3>
<p class="line">${badge(method)}<code>${breakable(path)}</code>${permission === undefined ? '' : `<span class="scope">${text(permission)}</span>`}</p>
${words.description === undefined ? '' : `<p>${prose(words.description as string)}</p>`}
${parameters.length === 0 ? '' : `<h4>Parameters</h4><dl>${parameters.map(renderParameter).join('')}</dl>`}
${
  body === undefined
    ? ''
    : `<h4>Body</h4>${Object.entries(body.content)
        .map(([type, { schema }]) => renderContent(type, schema))
        .join('')}`
}
<h4>Answers</h4>${renderAnswers(words.responses as Record<string, Json>)}
</article>`;
}

function renderParameter(parameter: Json): string {
  const about = parameter.description === undefined ? '' : `<p>${prose(parameter.description as string)}</p>`;
  const need = parameter.required === true ? ' · required' : '';
  return `<dt><code>${text(String(parameter.name))}</code> <small>${text(String(parameter.in))}${need}</small></dt><dd>${renderSchema(parameter.schema as Json)}${about}</dd>`;
}

function renderContent(type: string, schema: Json | undefined): string {
  const shape = schema === undefined || Object.keys(schema).length === 0 ? '' : renderSchema(schema);
  return `<p class="type"><code>${text(type)}</code></p>${shape}`;
}

function renderAnswers(responses: Record<string, Json>): string {
  const items = Object.entries(responses).map(([status, response]) => {
    const content = response.content as Record<string, { schema?: Json }> | undefined;
    const isGood = Number(status) < 400;
    const shape =
      isGood && content
        ? Object.entries(content).map(([type, { schema }]) => renderContent(type, schema))
        : [];
    const words = isGood
      ? text(String(response.description))
      : String(response.description)
          .split(' · ')
          .map((code) => `<code>${text(code).replaceAll('_', '_<wbr>')}</code>`)
          .join(' ');
    return `<dt class="${isGood ? 'good' : 'bad'}">${text(status)}</dt><dd>${words}${shape.join('')}</dd>`;
  });
  return `<dl class="answers">${items.join('')}</dl>`;
}

const badge = (method: string): string =>
  `<b class="method ${text(method)}">${text(method.toUpperCase())}</b>`;
const anchor = (tag: string): string => `tag-${tag.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`;
/** Long paths break after a slash. */
const breakable = (path: string): string => text(path).replaceAll('/', '/<wbr>');
const prose = (words: string): string => text(words).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
