import type { ChatMessage, ChatView } from '../../chat/chat-view.js';

/** Something the visitor has sent that has not come back from the stream yet. */
export interface Outgoing {
  clientId: string;
  text?: string;
  file?: { name: string; type: string; size: number; preview: string | null };
  state: 'sending' | 'failed';
  problem?: string;
  /** Known once accepted; the stream brings the message itself. */
  messageId?: string;
}

export interface Talk {
  view: ChatView | null;
  messages: ReadonlyMap<string, ChatMessage>;
  outgoing: readonly Outgoing[];
  link: 'idle' | 'connecting' | 'live' | 'lost';
}

export const noTalk: Talk = { view: null, messages: new Map(), outgoing: [], link: 'idle' };

/** The stream may bring a message before the answer to its sending does; it is known by either id. */
function stillOut(outgoing: readonly Outgoing[], messages: Talk['messages']): Outgoing[] {
  const arrived = new Set([...messages.values()].flatMap(({ id, clientId }) => [id, clientId ?? id]));
  return outgoing.filter(
    ({ clientId, messageId }) => !arrived.has(clientId) && !arrived.has(messageId ?? ''),
  );
}

/** Take in what the stream says. A message that came before is the same message, by its id. */
export function takeIn(talk: Talk, view: ChatView): Talk {
  const isSame = talk.view?.id === view.id && !view.isAnew;
  const messages = new Map(isSame ? talk.messages : []);
  for (const message of view.messages) messages.set(message.id, message);
  return { ...talk, view, messages, outgoing: stillOut(talk.outgoing, messages), link: 'live' };
}

export function changeOutgoing(talk: Talk, clientId: string, change: Partial<Outgoing>): Talk {
  const outgoing = talk.outgoing.map((item) => (item.clientId === clientId ? { ...item, ...change } : item));
  return { ...talk, outgoing: stillOut(outgoing, talk.messages) };
}
