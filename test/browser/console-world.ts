import type {
  Agent,
  Assignee,
  Author,
  Connection,
  Conversation,
  ConversationSummary,
  Fact,
  Message,
  Note,
  Session,
} from '../../src/contract/index.js';

export type ConsoleWorld = ReturnType<typeof createConsoleWorld>;

const ada: Author = { type: 'agent', name: 'Ada Lindqvist', email: 'ada@example.com' };
const minute = 60_000;

/** A workspace in memory that speaks the contract: what is done to it becomes facts, numbered without gaps. */
export function createConsoleWorld(options: { visitorPage?: string } = {}) {
  const conversations = new Map<string, Conversation>();
  const facts: Fact[] = [];
  const messages = new Map<string, Message>();
  const answered = new Map<string, Message | Note>();
  const settlements: [deliveryId: string, as: string][] = [];
  const listeners = new Set<(fact: Fact) => void>();
  let isMute = false;
  let lastId = 0;
  let clock = Date.now() - 26 * 60 * minute;
  const at = (): string => new Date(clock).toISOString();
  const id = (prefix: string): string => `${prefix}_${String((lastId += 1)).padStart(6, '0')}`;

  const session: Session = {
    token: 'session-token-of-ada-0000000000',
    expiresAt: new Date(Date.now() + 15 * minute).toISOString(),
    workspace: { id: 'wsp_1', name: 'Nordlys Outdoor' },
    agent: { id: 'agt_1', email: 'ada@example.com', name: 'Ada Lindqvist' },
  };
  const agent = (number: number, email: string, name: string): Agent => ({
    id: `agt_${number}`,
    email,
    name,
    createdAt: session.expiresAt,
  });
  const connection = (
    number: number,
    side: 'chat' | 'desk',
    connector: string,
    name: string,
  ): Connection => ({
    id: `con_${number}`,
    connector,
    side,
    name,
    status: 'active',
    settings: {},
    webhookUrl: '',
    createdAt: session.expiresAt,
  });

  function tell(conversationId: string, type: Fact['type'], data: (seq: number) => unknown): number {
    const before = conversations.get(conversationId);
    if (before === undefined) throw new Error('There is no such conversation.');
    const seq = before.lastSeq + 1;
    const now: Conversation = { ...before, lastSeq: seq, lastActivityAt: at() };
    conversations.set(conversationId, now);
    const given = data(seq);
    const {
      variables: _variables,
      ticketLinks: _ticketLinks,
      ...summary
    } = conversations.get(conversationId) ?? now;
    const fact = {
      cursor: String(facts.length + 1),
      type,
      conversationId,
      seq,
      occurredAt: at(),
      data: given,
      conversation: summary,
    } as Fact;
    facts.push(fact);
    if (!isMute) for (const listener of listeners) listener(fact);
    return seq;
  }

  function change(conversationId: string, next: Partial<Conversation>): void {
    const before = conversations.get(conversationId);
    if (before !== undefined) conversations.set(conversationId, { ...before, ...next });
  }

  const world = {
    session,
    code: 'demo-code-1234567890',
    hints: options.visitorPage === undefined ? undefined : { visitorPage: options.visitorPage },
    agents: [
      agent(1, 'ada@example.com', 'Ada Lindqvist'),
      agent(2, 'ben@example.com', 'Ben Okafor'),
      agent(3, 'chiara@example.com', 'Chiara Russo'),
    ],
    connections: [connection(1, 'chat', 'wotnot', 'WotNot'), connection(2, 'desk', 'zendesk', 'Zendesk')],
    facts,
    /** What agents said became of a delivery, or should. */
    settlements,
    cursor: () => String(facts.length),
    onFact: (listener: (fact: Fact) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    list: (): ConversationSummary[] =>
      [...conversations.values()].sort((a, b) => b.lastActivityAt.localeCompare(a.lastActivityAt)),
    read: (conversationId: string): Conversation | undefined => conversations.get(conversationId),
    message: (messageId: string): Message | undefined => messages.get(messageId),
    /** What happens is recorded and not told. */
    mute: (isWanted: boolean) => {
      isMute = isWanted;
    },
    /** Time passes. */
    wait: (minutes: number) => {
      clock = Math.min(Date.now(), clock + minutes * minute);
    },
    open: (contact: Partial<Conversation['contact']>, more: Partial<Conversation> = {}): string => {
      const conversationId = id('cnv');
      conversations.set(conversationId, {
        id: conversationId,
        connectionId: 'con_1',
        externalConversationId: `wn-${lastId}`,
        channel: 'Web',
        status: 'open',
        assignee: { type: 'bot', name: 'Nordlys bot' },
        contact: { id: id('ctc'), externalContactId: `x${lastId}`, variables: {}, ...contact },
        labels: [],
        variables: {},
        ticketLinks: [],
        lastSeq: 0,
        lastActivityAt: at(),
        startedAt: at(),
        ...more,
      });
      tell(conversationId, 'conversation.opened', () => ({}));
      return conversationId;
    },
    say: (conversationId: string, author: Author, text: string, more: Partial<Message> = {}): Message => {
      const isOurs = more.direction === 'out';
      const message: Message = {
        id: id('msg'),
        conversationId,
        seq: 0,
        direction: 'in',
        author,
        kind: 'text',
        text,
        attachments: [],
        buttons: [],
        links: [],
        state: isOurs ? 'queued' : 'received',
        flags: [],
        occurredAt: at(),
        ...more,
      };
      tell(conversationId, isOurs ? 'message.queued' : 'message.received', (seq) => {
        message.seq = seq;
        messages.set(message.id, message);
        change(conversationId, { lastMessage: { text, author, kind: message.kind, occurredAt: at() } });
        return { message: { ...message } };
      });
      return message;
    },
    become: (messageId: string, type: Fact['type'], next: Partial<Message>) => {
      const message = { ...messages.get(messageId), ...next } as Message;
      messages.set(messageId, message);
      tell(message.conversationId, type, () => ({
        message,
        ...(message.failure === undefined ? {} : { failure: message.failure }),
      }));
    },
    /** The outside has given a conversation that was started here its id. */
    confirm: (conversationId: string) => {
      const { starting: _starting, ...confirmed } = conversations.get(conversationId) as Conversation;
      conversations.set(conversationId, confirmed);
      tell(conversationId, 'conversation.updated', () => ({}));
    },
    note: (conversationId: string, author: Author, text: string): Note => {
      const note: Note = { id: id('not'), conversationId, seq: 0, author, text, occurredAt: at() };
      tell(conversationId, 'note.added', (seq) => ({ note: Object.assign(note, { seq }) }));
      return note;
    },
    put: (conversationId: string, assignee: Assignee, by?: string) => {
      change(conversationId, { assignee });
      tell(conversationId, 'conversation.assigned', () => ({
        assignee,
        ...(by === undefined ? {} : { by }),
      }));
    },
    mark: (conversationId: string, next: Partial<Conversation>, type: Fact['type'], data: unknown) => {
      change(conversationId, next);
      tell(conversationId, type, () => data);
    },

    // What the contract's requests do.
    reply: (conversationId: string, input: Record<string, string>, key: string): Message | Note => {
      const before = answered.get(key);
      if (before !== undefined) return before;
      clock = Date.now();
      const text = input.text ?? input.caption ?? '';
      const { template } = input as { template?: NonNullable<Message['template']> };
      const message = world.say(conversationId, ada, template?.name ?? text, {
        direction: 'out',
        kind: input.type ?? 'text',
        ...(template === undefined ? {} : { template }),
        deliveryId: id('dlv'),
      });
      answered.set(key, message);
      return { ...message };
    },
    addNote: (conversationId: string, text: string, key: string): Message | Note => {
      const before = answered.get(key);
      if (before !== undefined) return before;
      clock = Date.now();
      const note = world.note(conversationId, ada, text);
      answered.set(key, note);
      return note;
    },
    assign: (conversationId: string, to: Record<string, string>) => {
      clock = Date.now();
      const found = world.agents.find(({ email }) => email === to.agent);
      world.put(
        conversationId,
        to.team === undefined
          ? { type: 'agent', email: to.agent ?? '', ...(found && { name: found.name }) }
          : { type: 'team', team: to.team },
        ada.email,
      );
      return { deliveryId: id('dlv') };
    },
    /** `by`: null when nobody has done it. */
    close: (conversationId: string, by: string | null = 'ada@example.com') => {
      clock = Date.now();
      const data = by === null ? {} : { by };
      world.mark(conversationId, { status: 'closed', closedAt: at() }, 'conversation.closed', data);
      return { deliveryId: id('dlv') };
    },
    settle: (deliveryId: string, as: string) => {
      settlements.push([deliveryId, as]);
      const message = [...messages.values()].find((candidate) => candidate.deliveryId === deliveryId);
      if (message === undefined) return undefined;
      if (as === 'delivered') world.become(message.id, 'message.sent', { state: 'sent', sentAt: at() });
      else world.become(message.id, 'message.queued', { state: 'queued', failure: undefined });
      return { id: deliveryId };
    },
    findTicket: (connectionId: string, externalTicketId: string) =>
      [...conversations.values()]
        .flatMap(({ ticketLinks }) => ticketLinks)
        .find((link) => link.connectionId === connectionId && link.externalTicketId === externalTicketId),
    linkTicket: (connectionId: string, externalTicketId: string, input: Record<string, string>) => {
      const { conversationId = '', url } = input;
      const link = {
        connectionId,
        externalTicketId,
        conversationId,
        createdAt: at(),
        ...(url === undefined ? {} : { url }),
      };
      const ticketLinks = [...(conversations.get(conversationId)?.ticketLinks ?? []), link];
      world.mark(conversationId, { ticketLinks }, 'ticket.linked', { connectionId, externalTicketId });
      return link;
    },
    unlinkTicket: (connectionId: string, externalTicketId: string) => {
      const link = world.findTicket(connectionId, externalTicketId);
      if (link === undefined) return undefined;
      const { conversationId } = link;
      const before = conversations.get(conversationId)?.ticketLinks ?? [];
      const ticketLinks = before.filter((one) => one !== link);
      world.mark(conversationId, { ticketLinks }, 'ticket.unlinked', { connectionId, externalTicketId });
      return {};
    },
  };
  return world;
}
