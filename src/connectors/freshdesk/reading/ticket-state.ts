import { z } from 'zod';
import type { TicketPriority, TicketState } from '../../../domain/ticket.js';
import { statusOf, type StatusWords } from '../../desk-kit/index.js';

/** Freshdesk's numbers. 5 is closed, which may be opened again; from 6 on they are the account's own. */
export const statusWords: StatusWords = {
  desk: 'Freshdesk',
  standard: { '2': 'open', '3': 'pending', '4': 'solved', '5': 'solved' },
  hasStandard: true,
  // Solved is as far as the bridge goes by itself.
  usual: ['2', '3', '4'],
  word: /^[1-9]\d{0,8}$/u,
  wordIs: 'the number of a status: 2, 3, 4, 5, or one of the account’s own from 6 on',
};
export const priorityNumbers = { low: 1, normal: 2, high: 3, urgent: 4 } as const;

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

export function readState(
  { status: word, priority: level, responder, group: team }: SeenState,
  settings: Readonly<Record<string, unknown>>,
): TicketState {
  const status = statusOf(statusWords, settings, String(word));
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
