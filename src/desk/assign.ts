import type { Principal } from '../access/principal.js';
import { findActingAgent } from './acting-agent.js';
import { changeConversation, owe } from './change-conversation.js';
import type { DeskAnswer } from './desk.js';
import { type DeskDeps, refused } from './desk-store.js';

/** Asks the chat side to give the conversation to an agent or a team; it tells when that is so. */
export async function assign(
  deps: DeskDeps,
  principal: Principal,
  conversationId: string,
  to: ({ agent: string } | { team: string }) & { by?: string | undefined },
): Promise<DeskAnswer<{ deliveryId: string }>> {
  const by = await findActingAgent(deps, principal, to.by, conversationId);
  if (by.outcome === 'refused') return by;
  const target = 'agent' in to ? { agent: to.agent } : { team: to.team };
  return changeConversation<{ deliveryId: string }>(deps, principal, conversationId, (change, row) => {
    if (row.status === 'closed')
      return refused('conversation_closed', 'The conversation is closed; it cannot be assigned any more.');
    return {
      outcome: 'change',
      value: { deliveryId: owe(change, { kind: 'assign', by: by.value.email, to: target }) },
    };
  });
}
