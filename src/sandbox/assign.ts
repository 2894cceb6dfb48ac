import { changeConversation } from './change-conversation.js';
import { withNotice } from './with-notice.js';
import { emit } from './emit.js';
import type { Assignee, Conversation } from './rows.js';
import { assigneePayload } from './webhook-events.js';
import type { World } from './world.js';

export const teams = [
  { id: 101, name: 'Sales' },
  { id: 102, name: 'Support' },
] as const;

export function findTeam(name: string): Assignee | undefined {
  const team = teams.find((candidate) => candidate.name.toLowerCase() === name.trim().toLowerCase());
  return team && { type: 'team', ...team };
}

export function findAgent(world: World, email: string): Extract<Assignee, { type: 'agent' }> | undefined {
  const wanted = email.trim().toLowerCase();
  const user = world.records.users.all().find((candidate) => candidate.email === wanted);
  if (!user) return undefined;
  return { type: 'agent', id: user.id, email: user.email, name: `${user.firstName} ${user.lastName}`.trim() };
}

export function isSameAssignee(left: Assignee, right: Assignee): boolean {
  if (left.type === 'agent' && right.type === 'agent') return left.email === right.email;
  if (left.type === 'team' && right.type === 'team') return left.id === right.id;
  return left.type === right.type;
}

/** Give the conversation to somebody else. `by` is null when the bot does it. Saying it twice changes nothing. */
export function assign(
  world: World,
  conversation: Conversation,
  to: Assignee,
  by: string | null,
  gate?: Promise<void>,
): Conversation {
  const current = world.records.conversations.get(conversation.id) ?? conversation;
  if (isSameAssignee(current.assignee, to)) return current;
  const changed = changeConversation(world, current, {
    assignee: to,
    notices: withNotice(world, current, to.type, 'name' in to ? to.name : undefined),
  });
  void emit(
    world,
    changed.id,
    'assignee_change',
    assigneePayload(changed, by, world.now()),
    gate ? { gate } : {},
  );
  return changed;
}
