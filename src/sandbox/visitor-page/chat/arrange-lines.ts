import type { ChatMessage, ChatNotice, ChatView } from '../../chat/chat-view.js';

export type Line =
  | { kind: 'day'; key: string; label: string }
  | { kind: 'notice'; key: string; text: string; at: string }
  | { kind: 'message'; key: string; message: ChatMessage; isFirst: boolean; isLast: boolean };

function wordNotice(notice: ChatNotice): string {
  switch (notice.type) {
    case 'team':
      return `You’re in the queue for ${notice.name ?? 'the team'}. Somebody will be right with you.`;
    case 'agent':
      return `You’re now talking to ${firstName(notice.name)}`;
    case 'nobody':
      return 'You’re in the queue. Somebody will be right with you.';
    case 'bot':
      return 'Moss, our helper, is back with you';
    case 'closed':
      return 'This conversation has ended';
  }
}

export function firstName(name: string | undefined): string {
  return name?.split(' ')[0] || 'somebody from the shop';
}

export function authorOf(message: ChatMessage): string {
  switch (message.from) {
    case 'visitor':
      return 'You';
    case 'bot':
      return 'Moss';
    case 'agent':
      return firstName(message.agent);
  }
}

function dayOf(at: string): string {
  const day = new Date(at);
  const today = new Date();
  if (day.toDateString() === today.toDateString()) return 'Today';
  return day.toLocaleDateString(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
}

const MINUTES_TOGETHER = 4 * 60_000;

function belongTogether(left: ChatMessage | undefined, right: ChatMessage | undefined): boolean {
  if (!left || !right || left.from !== right.from || left.agent !== right.agent) return false;
  return Date.parse(right.at) - Date.parse(left.at) < MINUTES_TOGETHER;
}

/** Messages and notices in one column: days above them, an introduction before a new voice, neighbours grouped. */
export function arrangeLines(view: ChatView, known: Iterable<ChatMessage>): Line[] {
  const messages = [...known].sort((left, right) => left.position - right.position);
  const lines: Line[] = [];
  const notices = [...view.notices];
  let day = '';
  let voice = '';
  const takeNotices = (until: number): void => {
    while (notices[0] && notices[0].after <= until) {
      const notice = notices.shift() as ChatNotice;
      if (notice.type === 'agent') voice = notice.name ?? '';
      lines.push({ kind: 'notice', key: `notice-${notice.id}`, text: wordNotice(notice), at: notice.at });
    }
  };
  for (const [index, message] of messages.entries()) {
    takeNotices(message.position);
    const today = dayOf(message.at);
    if (today !== day) lines.push({ kind: 'day', key: `day-${today}`, label: today });
    day = today;
    if (message.from === 'agent' && message.agent !== undefined && message.agent !== voice) {
      voice = message.agent;
      const text = `You’re now talking to ${firstName(voice)}`;
      lines.push({ kind: 'notice', key: `voice-${message.id}`, text, at: message.at });
    }
    const before = lines.at(-1)?.kind === 'message' ? messages[index - 1] : undefined;
    lines.push({
      kind: 'message',
      key: message.id,
      message,
      isFirst: !belongTogether(before, message),
      isLast: !belongTogether(message, messages[index + 1]),
    });
  }
  takeNotices(Number.POSITIVE_INFINITY);
  return lines;
}
