import { Parser } from 'htmlparser2';

const blocks = new Set('p div ul ol table tr blockquote pre h1 h2 h3 h4 h5 h6'.split(' '));
const unseen = new Set('script style head title template noscript'.split(' '));

/** Markup as a reader sees it, in plain text: paragraphs, list items as lines, links as `text (url)`. */
export function reduceHtml(html: string): string {
  let text = '';
  let hidden = 0;
  let link: { href: string; from: number } | undefined;
  const line = (): void => {
    if (text !== '' && !text.endsWith('\n')) text += '\n';
  };
  const parser = new Parser(
    {
      onopentag(name, { href }) {
        if (unseen.has(name)) hidden += 1;
        else if (name === 'br') text += '\n';
        else if (name === 'li') {
          line();
          text += '- ';
        } else if (blocks.has(name)) line();
        else if (name === 'a' && href !== undefined && /^(?:https?|mailto|tel):/iu.test(href))
          link = { href, from: text.length };
      },
      ontext(words) {
        if (hidden === 0) text += words.replaceAll(/[\t\n\r\u00a0 ]+/gu, ' ');
      },
      onclosetag(name) {
        if (unseen.has(name)) hidden = Math.max(0, hidden - 1);
        else if (blocks.has(name) || name === 'li') line();
        else if (name === 'a' && link !== undefined) {
          const shown = text.slice(link.from).trim();
          const plain = link.href.replace(/^(?:mailto|tel):/iu, '');
          if (shown !== link.href && shown !== plain) text += shown === '' ? plain : ` (${plain})`;
          link = undefined;
        }
      },
    },
    { decodeEntities: true },
  );
  parser.end(html);
  return text
    .replaceAll(/[ \t]+\n/gu, '\n')
    .replaceAll(/\n[ \t]+/gu, '\n')
    .replaceAll(/\n{3,}/gu, '\n\n')
    .trim();
}
