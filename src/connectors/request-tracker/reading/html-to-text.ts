import { Parser } from 'htmlparser2';

const silent = new Set(['script', 'style', 'head', 'title', 'template', 'noscript', 'svg']);
const paragraphs = new Set([
  'p',
  'div',
  'ul',
  'ol',
  'table',
  'tr',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'pre',
]);
const mostElements = 20_000;

/** An agent's markup as plain text: paragraphs and line breaks, list items as lines, links with their address. */
export function htmlToText(html: string, { cutQuotes }: { cutQuotes: boolean }): string {
  let text = '';
  let muted = 0;
  let elements = 0;
  const links: { href: string; from: number }[] = [];
  const isMuting = (name: string): boolean => silent.has(name) || (cutQuotes && name === 'blockquote');
  const breakLine = (): void => {
    if (text !== '' && !text.endsWith('\n')) text += '\n';
  };
  const parser = new Parser({
    onopentag(name, attributes) {
      elements += 1;
      if (elements > mostElements) parser.pause();
      if (isMuting(name)) muted += 1;
      if (muted > 0) return;
      if (name === 'br') text += '\n';
      if (name === 'li') {
        breakLine();
        text += '- ';
      }
      if (paragraphs.has(name)) breakLine();
      if (name === 'a') links.push({ href: attributes['href'] ?? '', from: text.length });
    },
    ontext(words) {
      if (muted === 0) text += words.replaceAll(/[ \t\r\n]+/gu, ' ');
    },
    onclosetag(name) {
      if (isMuting(name)) muted = Math.max(0, muted - 1);
      if (muted > 0) return;
      if (name === 'a') {
        const link = links.pop();
        const shown = link === undefined ? '' : text.slice(link.from).trim();
        if (link !== undefined && /^https?:/iu.test(link.href) && !shown.includes(link.href))
          text += shown === '' ? link.href : ` (${link.href})`;
      }
      if (name === 'p') text += '\n\n';
      else if (paragraphs.has(name)) breakLine();
    },
  });
  parser.end(html);
  return tidy(text);
}

/** No blanks at a line's ends, no more than one empty line. */
function tidy(text: string): string {
  return text
    .replaceAll(/[^\S\n]*\n[^\S\n]*/gu, '\n')
    .replaceAll(/\n{3,}/gu, '\n\n')
    .trim();
}
