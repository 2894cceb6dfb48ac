import type { ChatView } from '../../chat/chat-view.js';
import { askSandbox } from './ask-sandbox.js';

export interface StreamHooks {
  onView: (view: ChatView) => void;
  onLost: () => void;
  /** The sandbox does not know the conversation any more. */
  onGone: () => void;
}

const AGAIN_MS = 1_500;

/** Follow a conversation from a cursor on, through every loss of connection. Returns the way to stop. */
export function openStream(id: string, hooks: StreamHooks): () => void {
  let cursor = 0;
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;

  const connect = (): void => {
    source = new EventSource(`/chat/api/conversations/${encodeURIComponent(id)}/stream?after=${cursor}`);
    source.onmessage = (event: MessageEvent<string>) => {
      const view = JSON.parse(event.data) as ChatView;
      cursor = view.cursor;
      hooks.onView(view);
    };
    source.onerror = () => {
      source?.close();
      if (isStopped) return;
      hooks.onLost();
      timer = setTimeout(() => void again(), AGAIN_MS);
    };
  };

  const again = async (): Promise<void> => {
    const answer = await askSandbox('GET', `/chat/api/conversations/${encodeURIComponent(id)}`);
    if (isStopped) return;
    if (answer.outcome === 'refused' && answer.status === 404) hooks.onGone();
    else if (answer.outcome === 'done') connect();
    else timer = setTimeout(() => void again(), AGAIN_MS);
  };

  connect();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    source?.close();
  };
}
