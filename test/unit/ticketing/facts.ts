import type { DeskPolicy } from '../../../src/domain/desk-policy.js';
import { defaultDeskPolicy } from '../../../src/domain/desk-policy.js';
import type { FactType } from '../../../src/domain/facts.js';
import type { TicketState } from '../../../src/domain/ticket.js';
import type { ConversationView, FactView, MessageView, NoteView } from '../../../src/domain/views.js';
import type { TicketStanding } from '../../../src/store/desk-mirrors.js';
import { decideOrders } from '../../../src/ticketing/decide-orders.js';

export const NOW = new Date('2026-11-22T10:00:00.000Z');
export const DESK = 'con_desk';

export const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * 86_400_000);

export function talk(given: Partial<ConversationView> = {}): ConversationView {
  return {
    id: 'cnv_1',
    connectionId: 'con_chat',
    externalConversationId: '1',
    title: 'About ferns',
    channel: 'WEB',
    status: 'open',
    assignee: { type: 'nobody' },
    contact: {
      id: 'ctc_1',
      externalContactId: 'c1',
      name: 'Vera',
      email: 'vera@home.example',
      phone: '+15551234567',
      variables: {},
    },
    labels: [],
    variables: {},
    lastMessage: { text: 'Hello', author: { type: 'contact' }, kind: 'text', occurredAt: NOW.toISOString() },
    lastSeq: 9,
    lastActivityAt: NOW,
    startedAt: NOW,
    ...given,
  };
}

export function words(text: string, given: Partial<MessageView> = {}): MessageView {
  return {
    id: 'msg_1',
    conversationId: 'cnv_1',
    seq: 9,
    direction: 'in',
    author: { type: 'contact', name: 'Vera' },
    kind: 'text',
    text,
    content: {},
    state: 'received',
    flags: [],
    occurredAt: NOW,
    ...given,
  };
}

type Given = Partial<Omit<FactView, 'conversation'>> & { in?: Partial<ConversationView> };

export function happens(type: FactType, { in: conversation = {}, ...given }: Given = {}): FactView {
  return {
    cursor: '1.1',
    conversationId: 'cnv_1',
    seq: 9,
    type,
    occurredAt: NOW,
    data: {},
    conversation: talk(conversation),
    ...given,
  };
}

export const says = (text: string, given: Given & { message?: MessageView } = {}): FactView =>
  happens('message.received', { message: words(text), ...given });

/** A ticket that is there, and what is known of it. */
export const linked = (known: TicketState, livelyAt = daysAgo(0)): TicketStanding => ({
  isOwed: false,
  link: { externalTicketId: '17', origin: 'created', known, livelyAt },
});

export const NO_TICKET: TicketStanding = { isOwed: false };

/** What these facts mean to a desk with this policy: the orders alone. */
export async function ordersFor(
  facts: FactView[],
  standing: TicketStanding,
  policy: Partial<DeskPolicy> = {},
  said: (MessageView | NoteView)[] = [words('Hello')],
  earlier = 0,
) {
  const told = await decideOrders(
    facts,
    standing,
    { connectionId: DESK, policy: { ...defaultDeskPolicy, ...policy }, joins: false },
    { transcript: async () => ({ said, earlier }), formerTicket: async () => undefined },
  );
  return told.map(({ order }) => order);
}
