import type { Principal } from '../access/principal.js';
import type { ConversationView, Page } from '../domain/views.js';
import type { ConversationQuery } from '../store/conversation-list.js';
import type { ConversationFilter, DeskAnswer } from './desk.js';
import { type DeskDeps, done, refused } from './desk-store.js';

export async function listConversations(
  deps: Pick<DeskDeps, 'list'>,
  principal: Principal,
  filter: ConversationFilter,
): Promise<DeskAnswer<Page<ConversationView>>> {
  const page = await deps.list.list(principal.scope, {
    status: filter.status,
    assignee: assigneeOf(principal, filter.assignee),
    channel: filter.channel,
    words: filter.q,
    slaBreached: filter.slaBreached,
    cursor: filter.cursor,
    limit: filter.limit,
  });
  return page === undefined ? refused('cursor_invalid', 'This cursor is none of ours.') : done(page);
}

function assigneeOf(principal: Principal, assignee: string | undefined): ConversationQuery['assignee'] {
  if (assignee === undefined) return undefined;
  if (assignee === 'nobody' || assignee === 'bot') return { type: assignee };
  if (assignee.startsWith('team:')) return { type: 'team', key: assignee.slice('team:'.length) };
  if (assignee === 'me') return { type: 'agent', key: principal.type === 'agent' ? principal.email : '' };
  return { type: 'agent', key: assignee.toLowerCase() };
}
