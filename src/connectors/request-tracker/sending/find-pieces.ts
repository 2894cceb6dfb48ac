import { isPiece, type Piece } from '../../desk-kit/index.js';
import type { Tracker } from '../calling/open-tracker.js';
import { readParts } from '../calling/read-attachments.js';
import { readOwnName } from '../calling/read-person.js';
import { readTransactions, type Transaction } from '../calling/read-transactions.js';
import { isOurMessageId, messageIdOf } from '../message-mark.js';
import { collectMessage } from '../reading/collect-message.js';

export interface Sought {
  ticketId: string;
  pieces: readonly Piece[];
  /** mail: bears a Message-ID of ours · rest: by the bridge's user. */
  by: 'mail' | 'rest';
  type: 'Correspond' | 'Comment';
  idempotencyKey: string;
  /** By our clock; RT's is compared with it. */
  since?: Date;
  knownIds?: (ids: string[]) => Promise<ReadonlySet<string>>;
}

/** The youngest of a ticket: what is sought has just been written. */
const perPage = 40;
/** RT's times have no fractions. */
const slackSeconds = 2;

/** The transaction that each piece became; undefined: it is not there. @throws FailedCall */
export async function findPieces(tracker: Tracker, sought: Sought): Promise<(string | undefined)[]> {
  const { ticketId, pieces, type, since } = sought;
  const query = `TicketId = ${ticketId} AND Type = '${type}'`;
  const page = await readTransactions(tracker, query, { perPage, newestFirst: true });
  const earliest =
    since === undefined
      ? Number.NEGATIVE_INFINITY
      : since.getTime() + (page.readAt.getTime() - Date.now()) - slackSeconds * 1_000;
  const young = page.transactions.filter(({ created }) => !(Date.parse(created) < earliest));
  const candidates = await ourCandidates(tracker, sought, young);
  const used = new Set<number>();
  return pieces.map((piece, at) => {
    const messageId = messageIdOf(sought.idempotencyKey, at, tracker.settings.contactDomain);
    const free = candidates.filter(({ id }) => !used.has(id));
    const found =
      free.find((one) => one.messageIds.includes(messageId)) ??
      free.find((one) => !one.known && isPiece(piece, one));
    if (found !== undefined) used.add(found.id);
    return found?.id.toString();
  });
}

interface Candidate {
  id: number;
  messageIds: string[];
  text: string;
  files: number;
  /** Another order has written it, or its words do not matter. */
  known: boolean;
}

async function ourCandidates(
  tracker: Tracker,
  { by, since, knownIds }: Sought,
  transactions: readonly Transaction[],
): Promise<Candidate[]> {
  if (transactions.length === 0) return [];
  const own = await readOwnName(tracker);
  const parts = await readParts(
    tracker,
    transactions.map(({ id }) => id),
  );
  const ours = transactions.filter(({ id, creator }) =>
    by === 'rest'
      ? creator === own
      : parts.some((part) => part.transaction === id && isOurMessageId(part.messageId)),
  );
  const idsOf = (id: number): string[] =>
    parts.filter((part) => part.transaction === id).map(({ messageId }) => messageId);
  // Within an attempt the Message-ID tells: to read a long chat's texts would take longer than it may.
  if (by === 'mail' && since === undefined)
    return ours.map(({ id }) => ({ id, messageIds: idsOf(id), text: '', files: 0, known: true }));
  const known = (await knownIds?.(ours.map(({ id }) => String(id)))) ?? new Set<string>();
  const verbatim = { ...tracker, settings: { ...tracker.settings, cutQuotes: false } };
  const candidates: Candidate[] = [];
  for (const { id } of ours) {
    const own = parts.filter((part) => part.transaction === id);
    const { text, files } = await collectMessage(verbatim, own, () => false);
    candidates.push({
      id,
      messageIds: idsOf(id),
      text,
      files: files.length,
      known: known.has(String(id)),
    });
  }
  return candidates;
}
