import type { Assignee, ConversationSummary } from '../../src/contract/index.js';
import type { ConversationQuery } from './bridge.js';

export interface Filter {
  status: 'open' | 'closed' | 'all';
  whose: 'all' | 'me' | 'nobody' | 'bot';
  channel: string;
  slaBreached: boolean;
  q: string;
}

export const everythingOpen: Filter = {
  status: 'open',
  whose: 'all',
  channel: '',
  slaBreached: false,
  q: '',
};

/** What to ask the bridge for, so that it answers what `matchesFilter` keeps. */
export function queryOf(filter: Filter): ConversationQuery {
  return {
    ...(filter.status === 'all' ? {} : { status: filter.status }),
    ...(filter.whose === 'all' ? {} : { assignee: filter.whose }),
    ...(filter.channel === '' ? {} : { channel: filter.channel }),
    ...(filter.slaBreached ? { slaBreached: true } : {}),
    ...(filter.q.trim() === '' ? {} : { q: filter.q.trim() }),
  };
}

/** Whether a conversation that just changed belongs on the list, without asking the bridge again. */
export function matchesFilter(conversation: ConversationSummary, filter: Filter, me: string): boolean {
  if (filter.status !== 'all' && conversation.status !== filter.status) return false;
  if (filter.channel !== '' && conversation.channel !== filter.channel) return false;
  if (filter.slaBreached && conversation.sla === undefined) return false;
  return isHeldBy(conversation.assignee, filter.whose, me);
}

function isHeldBy(assignee: Assignee, whose: Filter['whose'], me: string): boolean {
  switch (whose) {
    case 'all':
      return true;
    case 'me':
      return assignee.type === 'agent' && assignee.email === me;
    case 'nobody':
      return assignee.type === 'nobody';
    case 'bot':
      return assignee.type === 'bot';
  }
}

/** A first look through what is on the screen; the bridge searches the rest. */
export function mentions(conversation: ConversationSummary, q: string): boolean {
  const words = q.trim().toLowerCase();
  if (words === '') return true;
  const { contact, title, lastMessage } = conversation;
  return [contact.name, contact.email, contact.phone, title, lastMessage?.text].some((text) =>
    text?.toLowerCase().includes(words),
  );
}
