import { z } from 'zod';
import type { TicketPriority, TicketState, TicketStatus } from '../../../domain/ticket.js';

export const statusNumbers = { open: 2, pending: 3, solved: 4 } as const;
export const priorityNumbers = { low: 1, normal: 2, high: 3, urgent: 4 } as const;

/** 5 is closed, which may be opened again; numbers from 6 on are the account's own and mean nothing here. */
const statuses = new Map<number, TicketStatus>([
  [2, 'open'],
  [3, 'pending'],
  [4, 'solved'],
  [5, 'solved'],
]);
const priorities = new Map<number, TicketPriority>([
  [1, 'low'],
  [2, 'normal'],
  [3, 'high'],
  [4, 'urgent'],
]);

const person = z.object({ id: z.int(), email: z.string(), name: z.string().optional() });
const group = z.object({ id: z.int(), name: z.string() });

/** What of a ticket is its state; people and groups with their names. */
export const seenState = z.object({
  status: z.int(),
  priority: z.int().nullable(),
  responder: person.nullable(),
  group: group.nullable(),
});
export type SeenState = z.infer<typeof seenState>;

export function readState({ status: word, priority: level, responder, group: team }: SeenState): TicketState {
  const status = statuses.get(word);
  const priority = priorities.get(level ?? 0);
  const assignee: TicketState['assignee'] =
    responder !== null
      ? {
          agent: {
            email: responder.email,
            externalId: String(responder.id),
            ...(responder.name === undefined ? {} : { name: responder.name }),
          },
        }
      : team !== null
        ? { team: { name: team.name, externalId: String(team.id) } }
        : null;
  return {
    ...(status === undefined ? {} : { status }),
    ...(priority === undefined ? {} : { priority }),
    assignee,
  };
}
