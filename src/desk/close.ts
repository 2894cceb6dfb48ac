import type { Principal } from '../access/principal.js';
import { startDeliveryOf } from '../domain/starting.js';
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
      const at = new Date();
      row.status = 'closed';
      row.closed_at = at.toISOString();
      addFact(change, { type: 'conversation.closed', data: { by: by.value.email } }, at);
      return { outcome: 'change', value: { deliveryId: start } };
    }
    return { outcome: 'change', value: { deliveryId: owe(change, { kind: 'close', by: by.value.email }) } };
  });
}
