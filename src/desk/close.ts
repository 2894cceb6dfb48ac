import type { Principal } from '../access/principal.js';
import { isOpenHere, withoutOpenHere } from '../domain/open-here.js';
import { startDeliveryOf } from '../domain/starting.js';
import type { ConversationChange } from '../store/conversation-change.js';
import { findActingAgent } from './acting-agent.js';
import { addFact, changeConversation, owe } from './change-conversation.js';
import type { DeskAnswer } from './desk.js';
import { type DeskDeps, refused } from './desk-store.js';

/** Asks the chat side to close the conversation, after everything that is still owed to it. */
export async function close(
  deps: DeskDeps,
  principal: Principal,
  conversationId: string,
  options: { by?: string | undefined },
): Promise<DeskAnswer<{ deliveryId: string }>> {
  const by = await findActingAgent(deps, principal, options.by, conversationId);
  if (by.outcome === 'refused') return by;
  return changeConversation<{ deliveryId: string }>(deps, principal, conversationId, async (change, row) => {
    if (row.status === 'closed') return refused('conversation_closed', 'The conversation is closed already.');
    const start = startDeliveryOf(row.external_conversation_id);
    const state =
      start === undefined ? undefined : (await deps.deliveries.find(principal.scope, start))?.state;
    if (start !== undefined && (state === 'dead' || state === 'cancelled')) {
      // It never began outside: nobody there can close it.
      closeHere(change, by.value.email);
      return { outcome: 'change', value: { deliveryId: start } };
    }
    return { outcome: 'change', value: { deliveryId: oweClosing(change, by.value.email) } };
  });
}

/**
 * Owes the closing to the chat side, which tells when it is done. Of a conversation that is open here alone it
 * would tell nothing, so that one is closed here at once. @returns the delivery's id
 */
export function oweClosing(change: ConversationChange, by: string): string {
  if (isOpenHere(change.row.known)) closeHere(change, by);
  return owe(change, { kind: 'close', by });
}

function closeHere(change: ConversationChange, by: string): void {
  const at = new Date();
  change.row.status = 'closed';
  change.row.closed_at = at.toISOString();
  change.row.known = withoutOpenHere(change.row.known);
  addFact(change, { type: 'conversation.closed', data: { by } }, at);
}
