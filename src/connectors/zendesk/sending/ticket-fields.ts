import type { TicketChange } from '../../../domain/desk-order.js';
import type { TicketState, TicketStatus } from '../../../domain/ticket.js';
import { statusOf, wordFor } from '../../desk-kit/index.js';
import type { Failed } from '../calling/judge-answer.js';
import type { Desk } from '../calling/open-desk.js';
import { statusWords } from '../reading/statuses.js';
import { findAgent, findGroup, isUnknown } from './find-staff.js';

export interface Fields {
  outcome: 'fields';
  fields: Record<string, unknown>;
}

/**
 * A change as the fields of a ticket, tags apart. `lenient`: an agent or a team that nobody knows there is
 * left out, as the words matter more.
 */
export async function ticketFields(
  desk: Desk,
  change: TicketChange,
  { lenient }: { lenient: boolean },
): Promise<Fields | Failed> {
  const fields: Record<string, unknown> = {};
  // A ticket is born new.
  const born = lenient && change.status === 'new';
  if (change.status !== undefined && !born) Object.assign(fields, statusFieldOf(desk, change.status));
  if (change.priority !== undefined) fields['priority'] = change.priority;
  const { assignee } = change;
  if (assignee === null) fields['assignee_id'] = null;
  if (assignee === undefined || assignee === null) return { outcome: 'fields', fields };
  const staff =
    'agentEmail' in assignee
      ? await findAgent(desk, assignee.agentEmail)
      : await findGroup(desk, assignee.team);
  if (staff.outcome === 'failed') {
    return lenient && isUnknown(staff) ? { outcome: 'fields', fields } : staff;
  }
  if ('agentEmail' in assignee) fields['assignee_id'] = Number(staff.id);
  // An assignee of another group would stay in the way.
  else Object.assign(fields, { group_id: Number(staff.id), assignee_id: null });
  return { outcome: 'fields', fields };
}

/** A status of the account's own is set by its number. */
export function statusFieldOf({ settings }: Desk, status: TicketStatus): Record<string, unknown> {
  const word = wordFor(statusWords, settings, status);
  if (word === undefined) return {};
  return /^\d+$/u.test(word) ? { custom_status_id: Number(word) } : { status: word };
}

/** Tags as Zendesk has them: no blanks, lower case. */
export const tagsOf = (tags: readonly string[]): string[] => [
  ...new Set(
    tags
      .map((tag) =>
        tag
          .trim()
          .toLowerCase()
          .replaceAll(/[\s,]+/gu, '_'),
      )
      .filter((tag) => tag !== ''),
  ),
];

/** As much as the order itself says of the state after it. */
export function stateOf({ settings }: Desk, change: TicketChange): TicketState {
  const { status: asked, priority, assignee } = change;
  const word = asked === undefined ? undefined : wordFor(statusWords, settings, asked);
  const status = statusOf(statusWords, settings, word);
  return {
    ...(status === undefined ? {} : { status }),
    ...(priority === undefined ? {} : { priority }),
    ...(assignee === null ? { assignee: null } : {}),
    ...(assignee && 'agentEmail' in assignee ? { assignee: { agent: { email: assignee.agentEmail } } } : {}),
    ...(assignee && 'team' in assignee ? { assignee: { team: { name: assignee.team } } } : {}),
  };
}
