import { OutsideLink } from './outside-link.js';
import { safeUrl } from './safe-url.js';

export type Piece = { kind: 'text'; text: string } | { kind: 'link'; text: string; url: string };

const address =
  /\bhttps?:\/\/[^\s<>"'`{}|\\^]{1,2000}|\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}\b/giu;

/** Text in pieces, so that every piece is put on the page as text. Links keep their punctuation outside. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(address)) {
    const found = withoutTail(match[0]);
    const url = safeUrl(found.includes('://') ? found : `mailto:${found}`);
    if (url === undefined) continue;
    if (match.index > from) pieces.push({ kind: 'text', text: text.slice(from, match.index) });
    pieces.push({ kind: 'link', text: found, url });
    from = match.index + found.length;
  }
  if (from < text.length) pieces.push({ kind: 'text', text: text.slice(from) });
  return pieces;
}

function withoutTail(link: string): string {
  const short = link.replace(/[.,;:!?…]+$/u, '');
  const isUnmatched = short.endsWith(')') && !short.includes('(');
  return isUnmatched ? short.slice(0, -1) : short;
}

/** A host in other letters than ours may look like one it is not; the true one is shown beside it. */
function trueHost({ text, url }: { text: string; url: string }): string {
  const { hostname } = new URL(url);
  return hostname.includes('xn--') && !text.includes('xn--') ? hostname : '';
}

export function LinkedText({ text }: { text: string }) {
  return (
    <>
      {piecesOf(text).map((piece, index) => {
        if (piece.kind === 'text') return <span key={index}>{piece.text}</span>;
        const host = trueHost(piece);
        return (
          <span key={index}>
            <OutsideLink url={piece.url}>{piece.text}</OutsideLink>
            {host !== '' && <span class="true-host"> ({host})</span>}
          </span>
        );
      })}
    </>
  );
}
