import type { DeskSendContext } from '../../connector.js';
import { composePieces, isPiece, type Piece, type Wording, writeOrLink } from '../../desk-kit/index.js';
import { type ChatwootMessage, message, messagePage } from '../calling/answers.js';
import type { ChatwootClient } from '../calling/open-client.js';
import { capabilities } from '../capabilities.js';
import { kindOf } from '../reading/message-fields.js';

/** incoming: the contact says it · note: for agents only. The bridge never writes what is public and an agent's. */
export type Side = 'incoming' | 'note';

export const limits = {
  desk: 'Chatwoot',
  mostTextCharacters: capabilities.mostTextCharacters,
  mostFileBytes: capabilities.mostFileBytes,
  mostFilesPerMessage: capabilities.mostFilesPerMessage,
};

/** Writes lines as one message, or as several where they do not fit into one. @returns the ids of what was written */
export async function writeMessages(
  client: ChatwootClient,
  path: string,
  side: Side,
  wording: Wording,
  context: DeskSendContext,
): Promise<string[]> {
  const pieces = await composePieces(wording, limits, context);
  const before = pieces.length > 1 ? await findBeginning(client, path, side, pieces) : [];
  return writePieces(client, path, side, pieces, before);
}

export async function writePieces(
  client: ChatwootClient,
  path: string,
  side: Side,
  pieces: readonly Piece[],
  before: readonly string[],
): Promise<string[]> {
  const writtenIds = [...before];
  for (const piece of pieces.slice(before.length)) {
    const { id } = await writeOrLink(piece, (given) =>
      client.ask(message, { method: 'POST', path: `${path}/messages`, ...bodyOf(given, side) }),
    );
    writtenIds.push(String(id));
  }
  return writtenIds;
}

/** Where an attempt has ended within a long message, the next one goes on: the last messages tell. */
async function findBeginning(
  client: ChatwootClient,
  path: string,
  side: Side,
  pieces: readonly Piece[],
): Promise<string[]> {
  const { payload } = await client.ask(messagePage, { method: 'GET', path: `${path}/messages` });
  const ours = sortById(payload).filter((one) => isOfSide(one, side));
  for (let length = Math.min(pieces.length - 1, ours.length); length > 0; length -= 1) {
    const tail = ours.slice(-length);
    if (tail.every((one, at) => isSamePiece(pieces[at], one))) return tail.map(({ id }) => String(id));
  }
  return [];
}

export const sortById = (messages: readonly ChatwootMessage[]): ChatwootMessage[] =>
  [...messages].sort((one, other) => one.id - other.id);

export function isOfSide(one: ChatwootMessage, side: Side): boolean {
  const kind = kindOf(one.message_type);
  return side === 'incoming' ? kind === 'incoming' : kind === 'outgoing' && one.private === true;
}

export function isSamePiece(piece: Piece | undefined, one: ChatwootMessage): boolean {
  if (piece === undefined) return false;
  const files = Array.isArray(one.attachments) ? one.attachments.length : 0;
  return isPiece(piece, { text: one.content ?? '', files });
}

function bodyOf(piece: Piece, side: Side): { json: unknown } | { form: FormData; deadlineSeconds: number } {
  const type = side === 'incoming' ? 'incoming' : 'outgoing';
  if (piece.files.length === 0) {
    return { json: { content: piece.text, message_type: type, private: side === 'note' } };
  }
  const form = new FormData();
  form.append('content', piece.text);
  form.append('message_type', type);
  form.append('private', String(side === 'note'));
  for (const { name, contentType, bytes } of piece.files) {
    form.append('attachments[]', new Blob([new Uint8Array(bytes)], { type: contentType }), name);
  }
  return { form, deadlineSeconds: 120 };
}
