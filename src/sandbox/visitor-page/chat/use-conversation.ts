import { useEffect, useRef, useState } from 'preact/hooks';
import { type Answer, askSandbox } from './ask-sandbox.js';
import { openStream } from './open-stream.js';
import { changeOutgoing, noTalk, type Outgoing, type Talk, takeIn } from './talk.js';
import { recallVisit, rememberVisit, type Visit } from './visit.js';

export interface ConversationHold {
  talk: Talk;
  name: string;
  start: (name: string) => Promise<void>;
  startAnew: () => Promise<void>;
  sendText: (text: string) => void;
  sendFile: (file: File) => void;
  sendAgain: (clientId: string) => void;
}

interface Accepted {
  conversationId: string;
  messageId: string;
}

const LARGEST_BYTES = 25 * 1024 * 1024;
const TRIES = 5;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The visitor's conversation: what the page shows of it and what the visitor may do with it. */
export function useConversation(): ConversationHold {
  const [talk, setTalk] = useState<Talk>(noTalk);
  const [visit, setVisit] = useState<Visit>(recallVisit);
  const visitNow = useRef(visit);
  const files = useRef(new Map<string, File>());
  /** One after another, so that what was typed first arrives first. */
  const queue = useRef<Promise<unknown>>(Promise.resolve());

  const changeVisit = (change: Visit): void => {
    visitNow.current = { ...visitNow.current, ...change };
    rememberVisit(visitNow.current);
    setVisit(visitNow.current);
  };

  useEffect(() => {
    const id = visit.conversationId;
    if (!id) return;
    setTalk((current) => ({ ...current, link: 'connecting' }));
    return openStream(id, {
      onView: (view) => {
        setTalk((current) => takeIn(current, view));
        if (visitNow.current.visitorKey !== view.visitorKey)
          changeVisit({ conversationId: id, visitorKey: view.visitorKey });
      },
      onLost: () => setTalk((current) => ({ ...current, link: 'lost' })),
      onGone: () => {
        visitNow.current = { ...(visitNow.current.name ? { name: visitNow.current.name } : {}) };
        rememberVisit(visitNow.current);
        setVisit(visitNow.current);
        setTalk(noTalk);
      },
    });
  }, [visit.conversationId]);

  async function start(name: string): Promise<void> {
    const { visitorKey } = visitNow.current;
    const answer = await askSandbox<{ id: string; visitorKey: string }>('POST', '/chat/api/conversations', {
      ...(visitorKey ? { visitorKey } : {}),
      ...(name ? { name } : {}),
    });
    if (answer.outcome !== 'done') {
      setTalk((current) => ({ ...current, link: 'lost' }));
      return;
    }
    changeVisit({
      conversationId: answer.body.id,
      visitorKey: answer.body.visitorKey,
      ...(name ? { name } : {}),
    });
  }

  function post(item: Outgoing): Promise<Answer<Accepted>> {
    const base = `/chat/api/conversations/${encodeURIComponent(visitNow.current.conversationId ?? '')}`;
    const file = files.current.get(item.clientId);
    if (!file) return askSandbox('POST', `${base}/messages`, { text: item.text, clientId: item.clientId });
    const query = new URLSearchParams({ name: file.name, clientId: item.clientId });
    return askSandbox('PUT', `${base}/files?${query.toString()}`, file);
  }

  async function deliver(item: Outgoing): Promise<void> {
    if (!visitNow.current.conversationId) await start(visitNow.current.name ?? '');
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const answer = await post(item);
      if (answer.outcome === 'done') {
        const { messageId, conversationId } = answer.body;
        setTalk((current) => changeOutgoing(current, item.clientId, { messageId }));
        if (conversationId !== visitNow.current.conversationId) changeVisit({ conversationId });
        return;
      }
      if (answer.outcome === 'refused') {
        setTalk((current) =>
          changeOutgoing(current, item.clientId, { state: 'failed', problem: answer.message }),
        );
        return;
      }
      await pause(1_000 * attempt);
    }
    const problem = 'No connection.';
    setTalk((current) => changeOutgoing(current, item.clientId, { state: 'failed', problem }));
  }

  function send(item: Outgoing): void {
    setTalk((current) => ({ ...current, outgoing: [...current.outgoing, item] }));
    queue.current = queue.current.then(() => deliver(item));
  }

  return {
    talk,
    name: visit.name ?? '',
    start,
    startAnew: () => start(visitNow.current.name ?? ''),
    sendText: (text) => send({ clientId: crypto.randomUUID(), text, state: 'sending' }),
    sendFile: (file) => {
      const clientId = crypto.randomUUID();
      const preview = file.type.startsWith('image/') ? URL.createObjectURL(file) : null;
      const shown = { name: file.name, type: file.type, size: file.size, preview };
      if (file.size > LARGEST_BYTES) {
        const tooLarge: Outgoing = { clientId, file: shown, state: 'failed', problem: 'Larger than 25 MB.' };
        setTalk((current) => ({ ...current, outgoing: [...current.outgoing, tooLarge] }));
        return;
      }
      files.current.set(clientId, file);
      send({ clientId, file: shown, state: 'sending' });
    },
    sendAgain: (clientId) => {
      const item = talk.outgoing.find((candidate) => candidate.clientId === clientId);
      if (!item) return;
      setTalk((current) => changeOutgoing(current, clientId, { state: 'sending' }));
      queue.current = queue.current.then(() => deliver(item));
    },
  };
}
