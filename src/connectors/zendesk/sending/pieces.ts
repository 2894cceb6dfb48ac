import type { DeskOrder } from '../../../domain/desk-order.js';
import { renderLines } from '../../desk-kit/index.js';
import { capabilities } from '../capabilities.js';
import { commentPieces } from './comment-html.js';

export type CommentOrder = Extract<DeskOrder, { kind: 'add-ticket-message' | 'add-ticket-note' }>;

/** What an order says, in pieces of which each is a comment. */
export function piecesOf(
  order: Extract<DeskOrder, { lines: unknown }>,
  remarks: readonly string[],
): string[] {
  const text = [textOf(order), ...remarks].filter((part) => part.trim() !== '').join('\n');
  return commentPieces(text === '' ? attached : text, capabilities.mostTextCharacters);
}

/** Zendesk wants words beside a file. */
const attached = '(file)';

function textOf(order: Extract<DeskOrder, { lines: unknown }>): string {
  switch (order.kind) {
    case 'create-ticket': {
      const alwaysNamed = order.lines.length > 1 || order.lines[0]?.author.type !== 'contact';
      const said = renderLines(order.lines, { alwaysNamed });
      return order.introduction === '' ? said : `${order.introduction}\n\n${said}`;
    }
    case 'add-ticket-message':
      return renderLines(order.lines, { alwaysNamed: false });
    case 'add-ticket-note':
      return renderLines(order.lines, { alwaysNamed: true });
  }
}

/** The name under which a piece is found again. */
export const keyOf = (key: string, at: number): string => (at === 0 ? key : `${key}.${at + 1}`);
