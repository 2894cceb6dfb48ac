import { Parser } from 'htmlparser2';

const blocks = new Set('p div br li tr h1 h2 h3 h4 blockquote ul ol table'.split(' '));
const silent = new Set(['script', 'style', 'head', 'title']);

/** A text as the HTML that Freshdesk keeps. */
export function toHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/\r?\n/gu, '<br>');
}

/** HTML as plain text, its lines kept. */
export function toText(html: string): string {
  let text = '';
  let hidden = 0;
  const parser = new Parser({
    onopentag: (name) => {
      if (silent.has(name)) hidden += 1;
      if (name === 'br' || (blocks.has(name) && text !== '' && !text.endsWith('\n'))) text += '\n';
    },
    ontext: (words) => {
      if (hidden === 0) text += words;
    },
    onclosetag: (name) => {
      if (silent.has(name)) hidden = Math.max(0, hidden - 1);
      if (name !== 'br' && blocks.has(name) && !text.endsWith('\n')) text += '\n';
    },
  });
  parser.end(html);
  return text
    .replaceAll('\u00a0', ' ')
    .replaceAll(/\n{3,}/gu, '\n\n')
    .trim();
}
