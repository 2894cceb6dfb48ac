import type { Piece } from './compose-pieces.js';
import { FailedCall } from './failed-call.js';

type Words = Pick<Piece, 'text' | 'files'>;

/**
 * Writes a message; should the desk refuse it and it carries files, once more with links in their place. An account may
 * take less than its vendor says, in size or in kind, and what the contact has said must not be lost with what the desk
 * does not take. A refusal has changed nothing, so nothing is said twice; one that is about something else comes again.
 */
export async function writeOrLink<P extends Words, T>(piece: P, write: (piece: P) => Promise<T>): Promise<T> {
  try {
    return await write(piece);
  } catch (error) {
    const refused = error instanceof FailedCall && error.failed.outcome === 'refused';
    const remarks = piece.files.flatMap(({ linked }) => (linked === undefined ? [] : [linked()]));
    if (!refused || remarks.length === 0) throw error;
    const text = [piece.text, ...remarks].filter((part) => part !== '').join('\n');
    return write({ ...piece, text, files: piece.files.filter(({ linked }) => linked === undefined) });
  }
}
