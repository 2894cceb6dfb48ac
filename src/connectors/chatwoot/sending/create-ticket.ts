import type { DeskOrder, TicketChange } from '../../../domain/desk-order.js';
import type { TicketState } from '../../../domain/ticket.js';
import type { DeskSendContext, DeskSendOutcome, TicketName } from '../../connector.js';
import { composePieces, FailedCall, type Piece, type Wording } from '../../desk-kit/index.js';
import { type ChatwootConversation, conversation, messagePage } from '../calling/answers.js';
import { inboxOf } from '../calling/inbox-of.js';
import type { ChatwootClient } from '../calling/open-client.js';
import { ticketPath } from '../calling/ticket-path.js';
import { changeTicket } from './change-ticket.js';
import { createContact, findContact, sourceIdOf } from './find-contact.js';
import { findConversation, isFor, referenceAttribute } from './find-conversation.js';
import { isOfSide, isSamePiece, limits, sortById, writePieces } from './write-messages.js';

type CreateOrder = Extract<DeskOrder, { kind: 'create-ticket' }>;

/**
 * A ticket is a contact, a conversation, its words and its state, a call for each. Every one is looked for
 * before it is made, so that an attempt goes on where the one before has ended.
 */
export async function createTicket(
  client: ChatwootClient,
  order: CreateOrder,
  context: DeskSendContext,
): Promise<DeskSendOutcome> {
  const contact = (await findContact(client, order.contact)) ?? (await createContact(client, order.contact));
  const made =
    (await findConversation(client, contact, order.reference)) ??
    (await createConversation(client, order, contact.id, await sourceIdOf(client, contact)));
  const path = ticketPath(String(made.id));
  const pieces = await composePieces(wordingOf(order), limits, context);
  const writtenIds = await writePieces(
    client,
    path,
    'incoming',
    pieces,
    await findWritten(client, path, pieces),
  );
  const state = await changeAsFarAsPossible(client, path, order.change);
  return { outcome: 'delivered', writtenIds, ticket: nameTicket(client, made.id), state };
}

/** All that was said is one message of the contact's: each line is named where others have spoken as well. */
export function wordingOf(order: CreateOrder): Wording {
  const alwaysNamed = order.lines.some(({ author }) => author.type !== 'contact');
  return { lines: order.lines, introduction: order.introduction, alwaysNamed };
}

export function nameTicket({ settings }: ChatwootClient, id: number): TicketName {
  const url = `${settings.baseUrl}/app/accounts/${settings.accountId}/conversations/${id}`;
  return { externalTicketId: String(id), url };
}

async function createConversation(
  client: ChatwootClient,
  order: CreateOrder,
  contactId: number,
  sourceId: string,
): Promise<ChatwootConversation> {
  const json = {
    source_id: sourceId,
    inbox_id: inboxOf(client),
    contact_id: contactId,
    status: 'open',
    custom_attributes: {
      [referenceAttribute]: order.reference,
      wotnot_subject: order.subject,
      ...(order.follows === undefined ? {} : { wotnot_follows: order.follows }),
    },
  };
  const made = await client.ask(conversation, { method: 'POST', path: '/conversations', json });
  if (!made.custom_attributes || isFor(made, order.reference)) return made;
  // An inbox that is locked to a single conversation answers with the one that is there.
  const message =
    'The inbox in Chatwoot holds one conversation per contact, so that no second one can be made. Switch “Lock to single conversation” off in the inbox’s settings.';
  throw new FailedCall({ outcome: 'refused', code: 'inbox_locked', message });
}

/** What of the transcript stands at the beginning of the conversation by now. */
export async function findWritten(
  client: ChatwootClient,
  path: string,
  pieces: readonly Piece[],
): Promise<string[]> {
  const { payload } = await client.ask(messagePage, { method: 'GET', path: `${path}/messages?after=0` });
  const ours = sortById(payload).filter((one) => isOfSide(one, 'incoming'));
  const differs = pieces.findIndex((piece, at) => {
    const one = ours[at];
    return one === undefined || !isSamePiece(piece, one);
  });
  return ours.slice(0, differs === -1 ? pieces.length : differs).map(({ id }) => String(id));
}

/** The ticket is there, and its words are: an unknown agent or team is no reason to say that it is not. */
async function changeAsFarAsPossible(
  client: ChatwootClient,
  path: string,
  change: TicketChange,
): Promise<TicketState> {
  const { assignee, ...rest } = change;
  const parts: TicketChange[] = [
    rest,
    ...(assignee === undefined || assignee === null ? [] : [{ assignee }]),
  ];
  let state: TicketState = { status: 'open' };
  for (const part of parts) {
    try {
      state = { ...state, ...(await changeTicket(client, path, part)) };
    } catch (error) {
      if (!(error instanceof FailedCall) || error.failed.outcome !== 'refused') throw error;
    }
  }
  return state;
}
