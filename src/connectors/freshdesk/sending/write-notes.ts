import type { DeskSendContext } from '../../connector.js';
import {
  composePieces,
  isPiece,
  type Piece,
  type PieceLimits,
  type Wording,
  writeOrLink,
} from '../../desk-kit/index.js';
import {
  conversation,
  conversationList,
  type FreshdeskConversation,
  type FreshdeskTicket,
} from '../calling/answers.js';
import type { FreshdeskClient } from '../calling/open-client.js';
import { capabilities } from '../capabilities.js';
import { toHtml, toText } from '../reading/html-text.js';

/** contact: the requester says it, in public · note: for agents only. */
export type Side = 'contact' | 'note';

export const limits: PieceLimits = {
  desk: 'Freshdesk',
  mostTextCharacters: capabilities.mostTextCharacters,
  mostFileBytes: capabilities.mostFileBytes,
  mostFilesPerMessage: capabilities.mostFilesPerMessage,
  mostBytesPerMessage: capabilities.mostFileBytes,
};

/** Writes lines as one note, or as several where they do not fit. @returns the ids of what was written */
export async function writeNotes(
  client: FreshdeskClient,
  found: FreshdeskTicket,
  side: Side,
  wording: Wording,
  context: DeskSendContext,
): Promise<string[]> {
  const pieces = await composePieces(wording, limits, context);
  const before = pieces.length > 1 ? await findBeginning(client, found, side, pieces) : [];
  return writePieces(client, found, side, pieces, before);
}

export async function writePieces(
  client: FreshdeskClient,
  found: FreshdeskTicket,
  side: Side,
  pieces: readonly Piece[],
  before: readonly string[],
): Promise<string[]> {
  const writtenIds = [...before];
  for (const piece of pieces.slice(before.length)) {
    // A ticket takes 20 MB of files in all its life: once it is full they become links.
    const { id } = await writeOrLink(piece, (given) =>
      client.ask(conversation, {
        method: 'POST',
        path: `/tickets/${found.id}/notes`,
        ...bodyOf(given, side, found),
      }),
    );
    writtenIds.push(String(id));
  }
  return writtenIds;
}

/** Where an attempt has ended within a long message, the next one goes on: the last notes tell. */
async function findBeginning(
  client: FreshdeskClient,
  found: FreshdeskTicket,
  side: Side,
  pieces: readonly Piece[],
): Promise<string[]> {
  const ours = (await listConversations(client, found.id)).filter((one) => isOfSide(one, side, found));
  for (let length = Math.min(pieces.length - 1, ours.length); length > 0; length -= 1) {
    const tail = ours.slice(-length);
    if (tail.every((one, at) => isSamePiece(pieces[at], one))) return tail.map(({ id }) => String(id));
  }
  return [];
}

const fullPage = 100;
const mostPages = 30;

/** All that was said in a ticket, oldest first. */
export async function listConversations(
  client: FreshdeskClient,
  id: number,
): Promise<FreshdeskConversation[]> {
  const all: FreshdeskConversation[] = [];
  for (let page = 1; page <= mostPages; page += 1) {
    const path = `/tickets/${id}/conversations?per_page=${fullPage}&page=${page}`;
    const listed = await client.ask(conversationList, { method: 'GET', path });
    all.push(...listed);
    if (listed.length < fullPage) break;
  }
  return all.sort((one, other) => one.id - other.id);
}

export function isOfSide(
  one: FreshdeskConversation,
  side: Side,
  { requester_id: requester }: FreshdeskTicket,
): boolean {
  if (side === 'note') return one.private === true && one.incoming !== true;
  return one.private === false && (one.incoming === true || one.user_id === requester);
}

export function isSamePiece(piece: Piece | undefined, one: FreshdeskConversation): boolean {
  if (piece === undefined) return false;
  const files = Array.isArray(one.attachments) ? one.attachments.length : 0;
  return isPiece(piece, { text: one.body ? toText(one.body) : (one.body_text ?? ''), files });
}

function bodyOf(
  piece: Piece,
  side: Side,
  { requester_id: requester }: FreshdeskTicket,
): { json: unknown } | { form: FormData; deadlineSeconds: number } {
  const fields: Record<string, string | number | boolean> = {
    body: toHtml(piece.text === '' ? '(files)' : piece.text),
    private: side === 'note',
    // The requester’s: an agent’s reply by API would be mailed to the contact.
    ...(side === 'contact' ? { incoming: true, ...(requester ? { user_id: requester } : {}) } : {}),
  };
  return piece.files.length === 0 ? { json: fields } : { form: formOf(fields, piece), deadlineSeconds: 120 };
}

export function formOf(fields: Record<string, string | number | boolean>, piece: Piece): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value));
  for (const { name, contentType, bytes } of piece.files) {
    form.append('attachments[]', new Blob([new Uint8Array(bytes)], { type: contentType }), name);
  }
  return form;
}
