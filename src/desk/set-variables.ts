import type { Principal } from '../access/principal.js';
import { addFact, changeConversation, owe } from './change-conversation.js';
import type { DeskAnswer } from './desk.js';
import type { DeskDeps } from './desk-store.js';

/** Sets variables here at once and owes them to the chat side. */
export async function setVariables(
  deps: DeskDeps,
  principal: Principal,
  conversationId: string,
  variables: { name: string; value: string; on: 'conversation' | 'contact' }[],
): Promise<DeskAnswer<{ deliveryId: string }>> {
  return changeConversation<{ deliveryId: string }>(deps, principal, conversationId, (change, row) => {
    const changed = Object.fromEntries(
      variables
        .filter(({ name, value }) => row.variables[name] !== value)
        .map(({ name, value }) => [name, value]),
    );
    if (Object.keys(changed).length > 0) {
      row.variables = { ...row.variables, ...changed };
      addFact(change, { type: 'variables.changed', data: { variables: changed } }, new Date());
    }
    return { outcome: 'change', value: { deliveryId: owe(change, { kind: 'set-variables', variables }) } };
  });
}
