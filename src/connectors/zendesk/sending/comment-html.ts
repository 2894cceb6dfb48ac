import { splitText } from '../../desk-kit/index.js';
import { wellFormed } from './well-formed.js';

/** Zendesk cuts longer comments silently; measured as it is sent. */
const MOST_BYTES = 65_000;

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // Two of them begin a placeholder, which Zendesk would fill in the API user's name.
  '{': '&#123;',
  '\n': '<br>',
};

/** Plain words as a comment shows them: nothing in them is markup, nothing is a placeholder. */
export function commentHtml(text: string): string {
  return wellFormed(text)
    .replaceAll(/\r\n?/gu, '\n')
    .replaceAll(/[&<>"{\n]/gu, (found) => escapes[found] ?? found);
}

/** The words in pieces that fit into one comment each, in order. */
export function commentPieces(text: string, mostCharacters: number): string[] {
  for (let most = mostCharacters; ; most = Math.floor(most / 2)) {
    const pieces = splitText(text, most);
    if (pieces.every((piece) => Buffer.byteLength(commentHtml(piece)) <= MOST_BYTES)) return pieces;
  }
}
