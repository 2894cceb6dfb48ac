import { batch, computed, signal } from '@preact/signals';
import type { Agent, Assign, Connection, Fact, Session } from '../../src/contract/index.js';
import type { Bridge, Connectedness, Hints } from './bridge.js';
import { createConversationList } from './conversation-list.js';
import { createDrafts } from './drafts.js';
import { explainRefusal } from './explain-refusal.js';
import { gatherFacts } from './gather-facts.js';
import { createLine } from './line.js';
import { createNotices } from './notices.js';
import { createOutgoing } from './outgoing.js';
import { createTemplates } from './templates.js';
import { createThread, type Thread } from './thread.js';
import { createUnread } from './unread.js';

export type Desk = ReturnType<typeof createDesk>;

export interface DeskDeps {
  bridge: Bridge;
  session: Pick<Session, 'agent' | 'workspace'>;
  storage: Storage | undefined;
  onSignedOut: () => void;
}

const CURSOR = 'agent-desk.cursor';

/** Not by a bot, which goes by its name, nor by the contact, nor for want of words: nobody has looked then. */
function isClosedByAgent(fact: Fact): boolean {
  if (fact.type !== 'conversation.closed') return false;
  const { by } = fact.data;
  return by !== undefined && by.includes('@') && by !== fact.conversation?.contact.email;
}

/** Everything the screen shows and everything an agent can do with it. */
export function createDesk({ bridge, session, storage, onSignedOut }: DeskDeps) {
  const me = session.agent;
  const list = createConversationList(bridge, me.email);
  const unread = createUnread(storage);
  const drafts = createDrafts();
  const notices = createNotices();
  const line = createLine();
  const open = signal<Thread | undefined>(undefined);
  const connectedness = signal<Connectedness>('connecting');
  const agents = signal<readonly Agent[]>([]);
  const connections = signal<readonly Connection[]>([]);
  const templates = createTemplates(connections, storage);
  const paused = signal<ReadonlyMap<string, { name: string; reason?: string | undefined }>>(new Map());
  const hints = signal<Hints>({});
  const typing = signal<{ conversationId: string; name: string; at: number } | undefined>(undefined);
  const teams = computed(() =>
    [
      ...new Set(
        [...list.known.value.values()].flatMap(({ assignee }) =>
          assignee.type === 'team' ? assignee.team : [],
        ),
      ),
    ].sort(),
  );
  const outgoing = createOutgoing({
    bridge,
    me: me.email,
    onMessage: (message) => thread(message.conversationId)?.showMessage(message),
    onNote: (note) => thread(note.conversationId)?.showNote(note),
  });
  const listeners = new Set<(fact: Fact) => void>();

  function thread(conversationId: string | null): Thread | undefined {
    return open.value?.conversationId === conversationId ? open.value : undefined;
  }

  function apply(facts: readonly Fact[]): void {
    batch(() => {
      list.learn(facts.flatMap(({ conversation }) => conversation ?? []));
      for (const fact of facts) {
        outgoing.recognise(fact);
        templates.hear(fact);
        notePause(fact);
        if (fact.type === 'message.received' && fact.data.message.author.type === 'contact') heard(fact);
        // An agent who closed it has looked at it for everybody.
        if (isClosedByAgent(fact)) unread.clear(fact.conversationId ?? '');
        for (const listener of listeners) listener(fact);
      }
      const ours = facts.filter(({ conversationId }) => thread(conversationId) !== undefined);
      if (ours.length > 0) open.value?.apply(ours);
    });
  }

  function heard({ conversationId }: Fact): void {
    if (conversationId === null) return;
    const isLookedAt = thread(conversationId) !== undefined && document.hasFocus();
    if (!isLookedAt) unread.add(conversationId);
    if (typing.value?.conversationId === conversationId) typing.value = undefined;
  }

  function notePause(fact: Fact): void {
    if (fact.type !== 'connection.paused' && fact.type !== 'connection.resumed') return;
    const next = new Map(paused.value);
    if (fact.type === 'connection.resumed') next.delete(fact.data.connectionId);
    else next.set(fact.data.connectionId, fact.data);
    paused.value = next;
  }

  function takeConnections(read: readonly Connection[]): void {
    connections.value = read;
    const stopped = read.filter(({ status }) => status === 'paused');
    paused.value = new Map(stopped.map(({ id, name, pausedReason: reason }) => [id, { name, reason }]));
  }

  async function readSurroundings(): Promise<void> {
    const [agentsRead, connectionsRead, hintsRead] = await Promise.allSettled([
      bridge.listAgents(),
      bridge.listConnections(),
      bridge.hints(),
    ]);
    // Each is a comfort: an agent who may not list them types the name instead.
    batch(() => {
      if (agentsRead.status === 'fulfilled') agents.value = agentsRead.value;
      if (hintsRead.status === 'fulfilled') hints.value = hintsRead.value;
      if (connectionsRead.status === 'fulfilled') takeConnections(connectionsRead.value);
    });
  }

  async function refresh(): Promise<void> {
    await Promise.all([list.load(), open.value?.catchUp()]);
  }

  const gathered = gatherFacts(apply);
  const keptCursor = storage?.getItem(CURSOR) ?? undefined;
  const feed = bridge.follow(keptCursor, {
    onFact: (fact) => {
      line.hear(fact);
      gathered.add(fact);
    },
    onCursor: (cursor) => storage?.setItem(CURSOR, cursor),
    onStartAfresh: () => {
      line.loseCount();
      list.forget();
      const id = open.value?.conversationId;
      if (id !== undefined) show(id);
      void list.load();
    },
    onTyping: ({ conversationId, agent }) => {
      if (agent.email !== me.email) typing.value = { conversationId, name: agent.name, at: Date.now() };
    },
    onState: (state) => {
      connectedness.value = state;
      line.become(state);
      if (state === 'signed-out') onSignedOut();
      if (state !== 'live') return;
      outgoing.retryNow();
      if (open.value !== undefined) feed.watch(open.value.conversationId);
      void refresh().then(line.settled);
    },
  });

  function show(conversationId: string | undefined): void {
    const before = open.peek()?.conversationId;
    if (before !== undefined && before !== conversationId) feed.unwatch(before);
    if (conversationId === undefined) {
      open.value = undefined;
      return;
    }
    const next = createThread(bridge, conversationId);
    open.value = next;
    if (connectedness.peek() === 'live') feed.watch(conversationId);
    unread.clear(conversationId);
    void next.load().then(() => {
      const read = next.conversation.value;
      if (read === undefined) return;
      list.learn([read]);
      for (const entry of next.ordered.value) {
        if (entry.kind === 'message') templates.learn(read.connectionId, entry.message);
      }
    });
  }

  /** Does one thing and says so when it is refused. Answers whether it was done. */
  async function attempt(deed: () => Promise<unknown>): Promise<boolean> {
    try {
      await deed();
      return true;
    } catch (error) {
      notices.tell(explainRefusal(error));
      return false;
    }
  }

  void list.load();
  void readSurroundings();

  return {
    session,
    me,
    list,
    open,
    unread,
    drafts,
    outgoing,
    notices,
    connectedness,
    line: line.line,
    agents,
    connections,
    templates,
    teams,
    paused,
    hints,
    typing,
    show,
    attempt,
    upload: (file: Blob, name: string) => bridge.uploadFile(file, name),
    tellTyping: feed.typing,
    reconnect: feed.reconnect,
    assign: (conversationId: string, to: Assign) => bridge.assign(conversationId, to),
    close: (conversationId: string) => attempt(() => bridge.close(conversationId)),
    resolve: (deliveryId: string, as: 'delivered' | 'resend' | 'cancel') =>
      attempt(() => bridge.resolveDelivery(deliveryId, as)),
    redrive: (deliveryId: string) => attempt(() => bridge.redriveDelivery(deliveryId)),
    linkTicket: (link: Parameters<Bridge['linkTicket']>[0]) => bridge.linkTicket(link),
    findTicket: async (connectionId: string, externalTicketId: string) => {
      try {
        return (await bridge.findTicketLink(connectionId, externalTicketId)).conversationId;
      } catch {
        notices.tell('No conversation belongs to this ticket yet.');
        return undefined;
      }
    },
    unlinkTicket: (connectionId: string, externalTicketId: string) =>
      attempt(() => bridge.unlinkTicket(connectionId, externalTicketId)),
    /** Answers whether the bridge told. */
    readConnections: async (): Promise<boolean> => {
      try {
        const read = await bridge.listConnections();
        batch(() => takeConnections(read));
        return true;
      } catch {
        return false;
      }
    },
    onFact: (listener: (fact: Fact) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop: () => {
      gathered.stop();
      line.stop();
      feed.stop();
    },
  };
}
