import type { KnownTemplate, Message, SendMessage } from '../../src/contract/index.js';

export type TemplateContent = Extract<SendMessage, { type: 'template' }>['template'];
type Group = 'header' | 'body' | 'buttons' | 'variables';

/** One blank of a template. `key` is its number, or what the outside calls it. */
export interface TemplateField {
  group: Group;
  key: string;
  label: string;
}

/** What was filled in, by `nameOfField`. */
export type Filled = Readonly<Record<string, string>>;

export const nameOfField = ({ group, key }: Pick<TemplateField, 'group' | 'key'>): string =>
  `${group} ${key}`;

const place = /\{\{\s*(\d+)\s*\}\}/g;

/** What a template asks for: what it says of its parameters, and the places in its words that it says nothing of. */
export function fieldsOf({ parameters, words, variables = [] }: KnownTemplate): TemplateField[] {
  const numbered = (group: 'header' | 'body'): TemplateField[] => {
    const labels = parameters?.[group] ?? [];
    const highest = Math.max(
      0,
      ...[...(words?.[group] ?? '').matchAll(place)].map(([, number]) => Number(number)),
    );
    // A place with a number beyond reason is a slip of whoever wrote the words.
    return Array.from({ length: Math.max(labels.length, Math.min(highest, 50)) }, (_, index) => ({
      group,
      key: String(index + 1),
      label: labels[index] ?? `Parameter ${index + 1}`,
    }));
  };
  return [
    ...numbered('header'),
    ...numbered('body'),
    ...Object.entries(parameters?.buttons ?? {}).map(([key, label]) => ({
      group: 'buttons' as const,
      key,
      label,
    })),
    ...variables.map((key) => ({ group: 'variables' as const, key, label: key })),
  ];
}

/** The template as it is sent. */
export function contentOf(name: string, fields: readonly TemplateField[], filled: Filled): TemplateContent {
  const of = (group: Group): [string, string][] =>
    fields
      .filter((field) => field.group === group)
      .map((field) => [field.key, (filled[nameOfField(field)] ?? '').trim()]);
  const [header, body, buttons, variables] = [of('header'), of('body'), of('buttons'), of('variables')];
  const parameters = {
    ...(header.length === 0 ? {} : { header: header.map(([, value]) => value) }),
    ...(body.length === 0 ? {} : { body: body.map(([, value]) => value) }),
    ...(buttons.length === 0 ? {} : { buttons: Object.fromEntries(buttons) }),
  };
  return {
    name,
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
    ...(variables.length === 0 ? {} : { variables: Object.fromEntries(variables) }),
  };
}

export interface WordPiece {
  kind: 'text' | 'filled' | 'blank';
  text: string;
}

/** Words with their places filled in; a place without a value shows what belongs there. */
export function fillWords(
  words: string,
  valueAt: (number: number) => string,
  labelAt: (number: number) => string,
): WordPiece[] {
  const pieces: WordPiece[] = [];
  let from = 0;
  for (const match of words.matchAll(place)) {
    if (match.index > from) pieces.push({ kind: 'text', text: words.slice(from, match.index) });
    const value = valueAt(Number(match[1])).trim();
    pieces.push(
      value === '' ? { kind: 'blank', text: labelAt(Number(match[1])) } : { kind: 'filled', text: value },
    );
    from = match.index + match[0].length;
  }
  if (from < words.length) pieces.push({ kind: 'text', text: words.slice(from) });
  return pieces;
}

/** What the contact reads of a template that was sent, as far as its words are known. */
export function wordsOf(sent: NonNullable<Message['template']>, known: readonly KnownTemplate[]): string {
  const { words } = known.find(({ name }) => name === sent.name) ?? {};
  const part = (group: 'header' | 'body'): string =>
    fillWords(
      words?.[group] ?? '',
      (number) => sent.parameters?.[group]?.[number - 1] ?? '',
      () => '…',
    )
      .map(({ text }) => text)
      .join('');
  return [part('header'), part('body'), words?.footer ?? ''].filter((text) => text !== '').join('\n');
}
