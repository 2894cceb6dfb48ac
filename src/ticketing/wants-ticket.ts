import type { DeskPolicy } from '../domain/desk-policy.js';
import type { ConversationView, FactView } from '../domain/views.js';

/** Facts by which a conversation without a ticket may come to want one. */
const OCCASIONS: readonly FactView['type'][] = [
  'message.received',
  'conversation.assigned',
  'conversation.reopened',
  'labels.changed',
  'sla.breached',
];

/** Whether this fact makes a ticket of a conversation that has none, by what the workspace wants. */
export function wantsTicket(fact: FactView, conversation: ConversationView, policy: DeskPolicy): boolean {
  if (policy.create === 'never' || !OCCASIONS.includes(fact.type)) return false;
  if (conversation.status === 'closed' || conversation.lastMessage === undefined) return false;
  if (!isOneOf(policy.channels, conversation.channel === undefined ? [] : [conversation.channel]))
    return false;
  if (!isOneOf(policy.labels, conversation.labels)) return false;
  // A breach is told to people, whoever holds the conversation.
  if (fact.type === 'sla.breached') return true;
  if (policy.create === 'handover' && conversation.assignee.type === 'bot') return false;
  if (fact.type !== 'message.received') return true;
  // A thumb up asks for nothing.
  return fact.message?.author.type === 'contact' && fact.message.kind !== 'reaction';
}

/** An empty list wants all. */
function isOneOf(wanted: readonly string[], has: readonly string[]): boolean {
  if (wanted.length === 0) return true;
  const names = new Set(wanted.map((name) => name.toLowerCase()));
  return has.some((name) => names.has(name.toLowerCase()));
}
