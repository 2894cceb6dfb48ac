import { Parser } from 'htmlparser2';
import type { Attachment } from '../../../domain/conversation.js';
import { blockTags, isHtml, mediaTags, silentTags } from './html-tags.js';
import { safeUrl } from './safe-url.js';

export interface ReducedHtml {
  /** Plain text, whatever came: nothing in it is markup any more. */
  text: string;
  attachments: Attachment[];
  links: { url: string; title?: string }[];
}

/** Beyond this many elements, markup is no message and is not worth its time. */
const mostElements = 4_000;

/** A message's HTML as text, with what it shows or links to beside it. */
export function reduceHtml(source: string): ReducedHtml {
  if (!isHtml(source)) return { text: tidy(source), attachments: [], links: [] };
  const reduction = createReduction();
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        reduction.open(name, attributes);
        if (reduction.isExhausted()) parser.pause();
      },
      ontext: (text) => reduction.say(text),
      onclosetag: (name) => reduction.close(name),
    },
    { decodeEntities: true, lowerCaseTags: true, recognizeSelfClosing: true },
  );
  parser.end(source);
  return reduction.finish();
}

function createReduction() {
  const attachments: Attachment[] = [];
  const links: { url: string; title?: string }[] = [];
  const anchors: { url: string | undefined; from: number }[] = [];
  const lists: { ordered: boolean; count: number }[] = [];
  let text = '';
  let silent = 0;
  let elements = 0;

  function breakLine(): void {
    if (text !== '' && !text.endsWith('\n')) text += '\n';
  }

  function attach(kind: Attachment['kind'], attributes: Record<string, string>): void {
    const url = safeUrl(attributes['src']);
    if (url === undefined || attachments.some((known) => known.url === url)) return;
    const name = (attributes['alt'] ?? attributes['title'] ?? '').trim();
    attachments.push({ kind, url, ...(name === '' ? {} : { name: name.slice(0, 200) }) });
  }

  function open(name: string, attributes: Record<string, string>): void {
    elements += 1;
    if (silent === 0 && Object.hasOwn(mediaTags, name)) {
      attach(mediaTags[name as keyof typeof mediaTags], attributes);
    }
    if (silentTags.has(name)) silent += 1;
    if (silent > 0) return;
    if (blockTags.has(name)) breakLine();
    if (name === 'source') attach('video', attributes);
    else if (name === 'br') text += '\n';
    else if (name === 'a') anchors.push({ url: safeUrl(attributes['href']), from: text.length });
    else if (name === 'ul' || name === 'ol') lists.push({ ordered: name === 'ol', count: 0 });
    else if (name === 'li') openItem();
    else if ((name === 'td' || name === 'th') && text !== '' && !text.endsWith('\n')) text += ' ';
  }

  function openItem(): void {
    const list = lists.at(-1);
    if (list) list.count += 1;
    text += list?.ordered ? `${list.count}. ` : '- ';
  }

  function close(name: string): void {
    if (silentTags.has(name)) {
      silent = Math.max(0, silent - 1);
      return;
    }
    if (silent > 0) return;
    if (name === 'a') closeAnchor();
    if (name === 'ul' || name === 'ol') lists.pop();
    if (blockTags.has(name)) breakLine();
    if (name === 'p') text += '\n';
  }

  function closeAnchor(): void {
    const anchor = anchors.pop();
    if (anchor?.url === undefined) return;
    const title = text.slice(anchor.from).trim();
    links.push(title === '' ? { url: anchor.url } : { url: anchor.url, title: title.slice(0, 500) });
    if (title === '') text += anchor.url;
    else if (safeUrl(title) !== anchor.url) text += ` (${anchor.url})`;
  }

  return {
    open,
    close,
    isExhausted: () => elements >= mostElements,
    say: (words: string) => {
      if (silent > 0) return;
      // Line breaks between blocks are how the markup is laid out; within words they are the writer's.
      if (words.trim() !== '') text += words;
      else if (!words.includes('\n') && text !== '' && !/\s$/.test(text)) text += ' ';
    },
    finish: (): ReducedHtml => ({
      text: tidy(elements < mostElements ? text : `${text.trimEnd()} [cut: too much markup]`),
      attachments,
      links,
    }),
  };
}

/** No blank at a line's end, no more than one empty line, none at the ends. */
function tidy(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replaceAll('\u00A0', ' ')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
