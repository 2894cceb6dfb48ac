import type { Principal } from '../access/principal.js';
import { findActingAgent } from './acting-agent.js';
import { changeConversation, owe } from './change-conversation.js';
import type { DeskAnswer } from './desk.js';
import { type DeskDeps, refused } from './desk-store.js';

/** Asks the chat side to close the conversation, after everything that is still owed to it. */
export async function close(
  deps: DeskDeps,
  principal: Principal,
  conversationId: string,
  options: { by?: string | undefined },
): Promise<DeskAnswer<{ deliveryId: string }>> {
  const by = await findActingAgent(deps, principal, options.by);
  if (by.outcome === 'refused') return by;
  return changeConversation<{ deliveryId: string }>(deps, principal, conversationId, (change, row) => {
    if (row.status === 'closed') return refused('conversation_closed', 'The conversation is closed already.');
    return { outcome: 'change', value: { deliveryId: owe(change, { kind: 'close', by: by.value.email }) } };
  });
}
