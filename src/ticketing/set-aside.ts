import type { DeskDeps } from '../desk/desk-store.js';
import type { DeskFact } from '../domain/desk-fact.js';
import type { DeskOrder } from '../domain/desk-order.js';
import { newId } from '../domain/ids.js';
import { startChange } from '../store/conversation-change.js';
import type { WaitingEvent } from '../store/inbox.js';
import type { LinkedTicket } from '../store/ticket-record.js';
import { bridgeLine, firstWords } from './ticket-text.js';

/** For the operator, who finds it with the event. */
export const NO_AGENT =
  'No agent of this workspace is there in whose name the answer could be sent. Make one (desk-bridge agent create), then replay this event; the ticket has a note that the answer did not reach the contact.';

const TRIES = 60;

/**
 * Parks an event whose answers cannot be said by anybody, until the operator replays it; with it, in one statement,
 * the ticket is owed a note, as whoever answered there would wait for the contact.
 */
export async function setAside(
  desk: Pick<DeskDeps, 'conversations' | 'writer'>,
  event: Pick<WaitingEvent, 'position'>,
  facts: readonly DeskFact[],
  ticket: LinkedTicket,
): Promise<'no_agent' | 'changed' | 'done'> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const state = await desk.conversations.readById(ticket.scope, ticket.conversationId);
    if (state === undefined) return 'done';
    const change = startChange(state.row.version, structuredClone(state.row));
    change.projected.push(event.position);
    change.parkedBecause = NO_AGENT;
    for (const fact of facts) {
      if (fact.type !== 'agent-replied') continue;
      const payload = noteOf(fact);
      const id = newId('delivery');
      const { connectionId } = ticket;
      change.deliveries.push({ id, connectionId, kind: payload.kind, payload, idempotencyKey: id });
    }
    const [written] = await desk.writer.write([change]);
    if (written === true) return 'no_agent';
  }
  return 'changed';
}

function noteOf({ text, files }: Extract<DeskFact, { type: 'agent-replied' }>): DeskOrder {
  const words = firstWords(text === '' ? files.map(({ name }) => name).join(', ') : text);
  const told = `NOT delivered to the contact: "${words}". The bridge knows no agent in whose name it could be sent. Ask its operator to make one and to replay the answer.`;
  return { kind: 'add-ticket-note', lines: [bridgeLine(told, new Date())] };
}
