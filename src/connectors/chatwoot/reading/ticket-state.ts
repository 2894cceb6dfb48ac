import { z } from 'zod';
import type { TicketPriority, TicketState } from '../../../domain/ticket.js';
import { statusOf, type StatusWords } from '../../desk-kit/index.js';

/** Chatwoot's `pending` is a bot's; `snoozed` waits for the contact, or for a time. New and closed it does not know. */
export const statusWords: StatusWords = {
  desk: 'Chatwoot',
  standard: { open: 'open', pending: 'pending', snoozed: 'pending', resolved: 'solved' },
  hasStandard: true,
  usual: ['open', 'snoozed', 'resolved'],
  word: /^(?:open|pending|snoozed|resolved)$/u,
  wordIs: 'open, pending, snoozed or resolved',
};
export const priorityWords = { low: 'low', normal: 'medium', high: 'high', urgent: 'urgent' } as const;

const priorities: Record<string, TicketPriority> = {
  low: 'low',
  medium: 'normal',
  high: 'high',
  urgent: 'urgent',
};

const text = z.string().min(1).optional().catch(undefined);
const number = z
  .union([z.int().positive(), z.string().regex(/^\d+$/u)])
  .optional()
  .catch(undefined);
const agent = z.object({ id: number, email: text, name: text });
const team = z.object({ id: number, name: text });

/** What of a conversation is its state, small enough to be remembered and compared. */
export const seenState = z.object({
  status: text,
  priority: text,
  assignee: agent.nullish().catch(undefined),
  team: team.nullish().catch(undefined),
});
export type SeenState = z.infer<typeof seenState>;

/** undefined when the conversation tells no state at all, as an odd answer does not. */
export function seeState(conversation: Record<string, unknown>): SeenState | undefined {
  const meta = z.looseObject({}).safeParse(conversation['meta']).data;
  if (meta === undefined || typeof conversation['status'] !== 'string') return undefined;
  const seen = seenState.safeParse({
    status: conversation['status'],
    priority: conversation['priority'] ?? undefined,
    assignee: meta['assignee'] ?? null,
    team: meta['team'] ?? null,
  });
  return seen.success ? seen.data : undefined;
}

export function readState(seen: SeenState, settings: Readonly<Record<string, unknown>>): TicketState {
  const status = statusOf(statusWords, settings, seen.status);
  const priority = own(priorities, seen.priority);
  const assignee = readAssignee(seen);
  return {
    ...(status === undefined ? {} : { status }),
    ...(priority === undefined ? {} : { priority }),
    ...(assignee === undefined ? {} : { assignee }),
  };
}

/** An agent comes before a team; undefined where neither can be read. */
function readAssignee({ assignee, team: group }: SeenState): TicketState['assignee'] {
  if (assignee) {
    const { id, email, name } = assignee;
    return {
      agent: {
        ...(email === undefined ? {} : { email: email.toLowerCase() }),
        ...(name === undefined ? {} : { name }),
        ...(id === undefined ? {} : { externalId: String(id) }),
      },
    };
  }
  if (group?.name !== undefined) {
    return {
      team: { name: group.name, ...(group.id === undefined ? {} : { externalId: String(group.id) }) },
    };
  }
  return assignee === null && group === null ? null : undefined;
}

const own = <T>(table: Record<string, T>, word: string | undefined): T | undefined =>
  word !== undefined && Object.hasOwn(table, word) ? table[word] : undefined;
