import { z } from 'zod';
import { FailedCall, type Piece, type PieceFile } from '../../desk-kit/index.js';
import { notUnderstood } from '../calling/not-understood.js';
import type { Tracker } from '../calling/open-tracker.js';
import { encodedWords } from './mail-message.js';

const results = z.array(z.string()).min(1);

/**
 * One piece in the name of the bridge's user. JSON and not multipart: RT 5.0 spoils letters beyond ASCII in
 * a multipart request. @returns the transaction's number
 */
export async function writeByRest(
  tracker: Tracker,
  ticketId: string,
  action: 'correspond' | 'comment',
  piece: Pick<Piece, 'text' | 'files'>,
): Promise<string | undefined> {
  const answer = await tracker.rest('POST', `/ticket/${ticketId}/${action}`, {
    json: messageBody(piece),
    expected: [400],
  });
  if (answer.status === 400) throw new FailedCall(mayNotWrite(action));
  const number = /\/transaction\/(\d{1,16})$/u.exec(answer.headers['location'] ?? '')?.[1];
  if (number === undefined && !results.safeParse(answer.json).success) throw notUnderstood('write');
  return number;
}

/** The fields of a message, for a new ticket as well. */
export function messageBody({ text, files }: Pick<Piece, 'text' | 'files'>) {
  const empty = files.filter(({ bytes }) => bytes.length === 0);
  const remarks = empty.map(({ name }) => `[The file “${name}” is empty.]`);
  const content = [text, ...remarks].filter((part) => part !== '').join('\n');
  return {
    ...(content === '' ? {} : { Content: content, ContentType: 'text/plain' }),
    // RT takes an empty file for a missing one and refuses the whole.
    ...(files.length > empty.length
      ? { Attachments: files.filter(({ bytes }) => bytes.length > 0).map(attachment) }
      : {}),
  };
}

function attachment({ name, contentType, bytes }: PieceFile) {
  return {
    // RT 5.0 spoils letters beyond ASCII here, and understands what mail would write.
    FileName: /^[\x20-\x7e]+$/u.test(name) ? name : encodedWords(name),
    FileType: contentType === '' ? 'application/octet-stream' : contentType,
    FileContent: bytes.toString('base64'),
  };
}

const mayNotWrite = (action: 'correspond' | 'comment') => ({
  outcome: 'refused' as const,
  code: 'write_refused',
  message: `Request Tracker refuses it. Grant the bridge's user the right ${action === 'comment' ? 'CommentOnTicket' : 'ReplyToTicket'} on the ticket's queue; then send it again.`,
  httpStatus: 400,
});
