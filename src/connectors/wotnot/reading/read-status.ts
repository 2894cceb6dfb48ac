import type { ConversationStatus } from '../../../domain/conversation.js';
import { firstPresent, firstText, pick } from '../pick.js';

const words: Record<string, ConversationStatus> = {
  open: 'open',
  opened: 'open',
  reopen: 'open',
  reopened: 'open',
  '1': 'open',
  close: 'closed',
  closed: 'closed',
  '2': 'closed',
};

/** Whether a payload says that the conversation is open or closed; undefined when it says neither. */
export function readStatus(payload: unknown): ConversationStatus | undefined {
  const status = firstPresent(pick(payload, 'status'), pick(payload, 'conversation_status'));
  const word = firstText(
    status,
    pick(status, 'to'),
    pick(status, 'name'),
    pick(status, 'status'),
    pick(status, 'id'),
  )?.toLowerCase();
  if (word !== undefined && Object.hasOwn(words, word)) return words[word];
  const isClosed = pick(payload, 'is_closed');
  if (typeof isClosed === 'boolean') return isClosed ? 'closed' : 'open';
  switch (firstText(isClosed)?.toLowerCase()) {
    case '1':
    case 'true':
      return 'closed';
    case '0':
    case 'false':
      return 'open';
    default:
      return undefined;
  }
}
