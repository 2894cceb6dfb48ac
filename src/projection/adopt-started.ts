import type { ChatFact } from '../domain/chat-fact.js';
import { isSamePhone } from '../domain/starting.js';
import type { ConversationState, StartingConversation } from '../store/conversation-state.js';

export type Adoption =
  /** Nothing that we have started: a conversation of its own. */
  | { outcome: 'stranger' }
  /** It may be one whose answer is on its way: that answer tells, in a moment. */
  | { outcome: 'wait' }
  /** It is one whose answer was lost. */
  | { outcome: 'ours'; state: ConversationState };

/**
 * Whether a conversation that the outside tells of for the first time is one that we have started. Only the
 * contact's phone can tell, and only where one start alone comes into question.
 */
export function adoptStarted(
  lane: { workspaceId: string; connectionId: string; externalConversationId: string },
  facts: readonly ChatFact[],
  starting: readonly StartingConversation[],
): Adoption {
  const isOverIt = ({ state: { row } }: StartingConversation): boolean =>
    row.workspace_id === lane.workspaceId && row.connection_id === lane.connectionId;
  const begun = facts.find((fact) => fact.type === 'conversation-started');
  // What became of its first message tells of no phone; where nothing is being started it is nobody's here.
  if (facts.every(({ type }) => type === 'receipt')) {
    const mayBeOurs = starting.some((one) => one.isUnderWay && isOverIt(one));
    return { outcome: mayBeOurs ? 'wait' : 'stranger' };
  }
  const phone = begun?.contact.phone;
  if (phone === undefined) return { outcome: 'stranger' };
  const fitting = starting.filter((one) => isOverIt(one) && isSamePhone(one.phone, phone));
  if (fitting.some(({ isUnderWay }) => isUnderWay)) return { outcome: 'wait' };
  const [only, ...others] = fitting;
  if (only === undefined || others.length > 0) return { outcome: 'stranger' };
  const row = { ...only.state.row, external_conversation_id: lane.externalConversationId };
  return { outcome: 'ours', state: { ...only.state, row } };
}
