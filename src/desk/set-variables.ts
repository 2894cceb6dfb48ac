import type { Principal } from '../access/principal.js';
import { changedVariables } from '../domain/changed-variables.js';
import { type KnownContact, ownFacts } from '../domain/contact-variables.js';
import type { Variables } from '../domain/conversation.js';
import type { ConversationChange } from '../store/conversation-change.js';
import type { ContactRow, ConversationRow } from '../store/rows.js';
import { addFact, changeConversation, owe } from './change-conversation.js';
import type { DeskAnswer } from './desk.js';
import type { DeskDeps } from './desk-store.js';

type GivenVariable = { name: string; value: string; on: 'conversation' | 'contact' };

/** Sets variables here at once and owes them to the chat side. */
export async function setVariables(
  deps: DeskDeps,
  principal: Principal,
  conversationId: string,
  variables: GivenVariable[],
): Promise<DeskAnswer<{ deliveryId: string }>> {
  return changeConversation<{ deliveryId: string }>(deps, principal, conversationId, (change, row, state) => {
    noteVariables(change, row, state.contact, variables);
    return { outcome: 'change', value: { deliveryId: owe(change, { kind: 'set-variables', variables }) } };
  });
}

/** One fact, whatever of it is news. A contact's `name`, `email` and `phone` are what it is called and reached by. */
function noteVariables(
  change: ConversationChange,
  row: ConversationRow,
  contact: ContactRow | null,
  given: GivenVariable[],
): void {
  const variables = changedVariables(row.variables, named(given, 'conversation'));
  row.variables = { ...row.variables, ...variables };
  const told = ownFacts(named(given, 'contact'));
  const contactVariables = contact === null ? {} : changedVariables(contact.variables, told.variables);
  const facts = contact === null ? {} : changedFacts(contact, told.facts);
  const tellsOfContact = Object.keys(contactVariables).length > 0;
  if (contact !== null && (tellsOfContact || Object.keys(facts).length > 0)) {
    change.contact = {
      id: contact.id,
      externalContactId: contact.external_contact_id,
      ...facts,
      variables: contactVariables,
    };
  }
  if (tellsOfContact || Object.keys(variables).length > 0) {
    const data = { variables, ...(tellsOfContact ? { contactVariables } : {}) };
    addFact(change, { type: 'variables.changed', data }, new Date());
  } else if (change.contact !== undefined) {
    addFact(change, { type: 'conversation.updated', data: {} }, new Date());
  }
}

const named = (given: GivenVariable[], on: GivenVariable['on']): Variables =>
  Object.fromEntries(given.filter((one) => one.on === on).map(({ name, value }) => [name, value]));

const changedFacts = (contact: ContactRow, told: KnownContact): KnownContact =>
  Object.fromEntries(
    Object.entries(told).filter(([fact, value]) => contact[fact as keyof KnownContact] !== value),
  );
