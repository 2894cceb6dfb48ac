import type { DeskOrder, TicketChange, TicketLine } from '../domain/desk-order.js';
import type { DeskPolicy } from '../domain/desk-policy.js';
import { continuesTicket, type TicketState } from '../domain/ticket.js';
import type { ConversationView, FactView, MessageView, NoteView } from '../domain/views.js';
import type { TicketStanding, Transcript } from '../store/desk-mirrors.js';
import { changeForAssignee } from './change-for-assignee.js';
import {
  authorOf,
  bridgeLine,
  contactOf,
  fillTemplate,
  firstWords,
  leftOut,
  lineOf,
  subjectOf,
} from './ticket-text.js';
import { wantsTicket } from './wants-ticket.js';

export interface MirrorRules {
  connectionId: string;
  policy: DeskPolicy;
  /** The desk takes lists, or limits writes to one ticket: what waits is joined. */
  joins: boolean;
}

/** What a new ticket needs to know of the conversation. */
export interface ConversationReading {
  /** Messages and notes of the conversation up to and with a seq. */
  transcript(upToSeq: number): Promise<Transcript>;
  /** The ticket that it had at this desk before. */
  formerTicket(): Promise<string | undefined>;
}

interface Told {
  orders: { order: DeskOrder; joins: boolean; retells: boolean }[];
  /** Whether the conversation has a ticket here, or is to get one. */
  hasTicket: boolean;
  externalTicketId: string | undefined;
  known: TicketState;
  /** When something last happened in the ticket. */
  livelyAt: Date | undefined;
}

/** So much of what was said stands in a new ticket. */
export const TRANSCRIPT_LINES = 200;
const DAY_MILLISECONDS = 86_400_000;

/**
 * What the facts of one conversation mean for one desk, in order. Facts that the desk itself is the cause
 * of mean nothing to it.
 */
export async function decideOrders(
  facts: readonly FactView[],
  standing: TicketStanding,
  rules: MirrorRules,
  reading: ConversationReading,
): Promise<Told['orders']> {
  const told: Told = {
    orders: [],
    hasTicket: standing.link !== undefined || standing.isOwed,
    externalTicketId: standing.link?.externalTicketId,
    // Of a ticket that is still to be made nothing is known.
    known: standing.isOwed ? {} : (standing.link?.known ?? {}),
    livelyAt: standing.link?.livelyAt,
  };
  for (const fact of facts) {
    const { conversation } = fact;
    if (conversation === undefined) continue;
    if (!told.hasTicket) {
      if (wantsTicket(fact, conversation, rules.policy)) await open(told, fact, conversation, rules, reading);
      continue;
    }
    await tell(told, fact, conversation, standing, rules, reading);
  }
  return told.orders;
}

/** A ticket with everything that was said so far; what was said among agents goes behind it as notes. */
async function open(
  told: Told,
  fact: FactView,
  conversation: ConversationView,
  { policy }: MirrorRules,
  reading: ConversationReading,
): Promise<void> {
  const { said, earlier } = await reading.transcript(fact.seq);
  const lines = said.flatMap((one) => ('direction' in one ? [lineOf(one)] : []));
  if (lines.length === 0) return;
  const order = newTicket(conversation, policy, lines, fact);
  const former = await reading.formerTicket();
  order.introduction = [
    ...(former === undefined ? [] : [continuesTicket(former)]),
    ...(order.introduction === '' ? [] : [order.introduction]),
    ...(earlier === 0 ? [] : [leftOut(earlier)]),
  ].join('\n');
  order.opens = true;
  told.orders.push({ order, joins: false, retells: earlier === 0 });
  told.hasTicket = true;
  told.externalTicketId = undefined;
  told.known = {};
  for (const one of said) if (!('direction' in one)) note(told, noteLine(one));
  if (fact.type === 'sla.breached') escalate(told, fact, policy);
}

function newTicket(
  conversation: ConversationView,
  policy: DeskPolicy,
  lines: TicketLine[],
  fact: FactView,
  follows?: string,
): Extract<DeskOrder, { kind: 'create-ticket' }> {
  const assignee =
    policy.assignee === 'both' || policy.assignee === 'to-ticket'
      ? changeForAssignee(conversation.assignee, policy, {})
      : undefined;
  const change: TicketChange = {
    addTags: [...policy.tags, ...conversation.labels],
    ...(policy.team === '' ? {} : { assignee: { team: policy.team } }),
    ...(assignee === undefined || assignee === null ? {} : { assignee }),
    ...(fact.type === 'sla.breached' && policy.onSlaBreach.priority !== ''
      ? { priority: policy.onSlaBreach.priority }
      : {}),
  };
  return {
    kind: 'create-ticket',
    reference: conversation.id,
    subject: subjectOf(policy, conversation),
    contact: contactOf(conversation),
    introduction: fillTemplate(policy.introduction, conversation),
    lines,
    change,
    ...(follows === undefined ? {} : { follows }),
  };
}

async function tell(
  told: Told,
  fact: FactView,
  conversation: ConversationView,
  standing: TicketStanding,
  rules: MirrorRules,
  reading: ConversationReading,
): Promise<void> {
  const { policy } = rules;
  switch (fact.type) {
    case 'message.received':
      if (fact.message !== undefined) say(told, fact, fact.message, conversation, rules);
      return;
    case 'message.sent':
    case 'message.failed':
    case 'message.uncertain':
    case 'message.delayed':
      if (fact.message !== undefined) tellFate(told, fact, fact.message, rules);
      return;
    case 'note.added':
      if (fact.note !== undefined && fact.note.originConnectionId !== rules.connectionId)
        note(told, noteLine(fact.note));
      return;
    case 'conversation.assigned': {
      if (policy.assignee !== 'both' && policy.assignee !== 'to-ticket') return;
      const assignee = changeForAssignee(conversation.assignee, policy, told.known);
      if (assignee !== undefined) change(told, { assignee });
      return;
    }
    case 'conversation.closed':
      tellClosed(told, fact, policy);
      return;
    case 'conversation.reopened':
      // The contact may have done so by writing: what that does to the ticket is the policy's to say.
      if (policy.onConversationClosed === 'solve' && mayReopen(told, fact, policy))
        change(told, { status: 'open' });
      return;
    case 'labels.changed':
      if (conversation.labels.length > 0) change(told, { addTags: conversation.labels });
      return;
    case 'sla.breached':
      escalate(told, fact, policy);
      return;
    case 'ticket.linked': {
      // Somebody paired a ticket of the desk's own with it: what was said so far is told there.
      const isByHand =
        standing.link?.origin === 'linked' &&
        fact.data['externalTicketId'] === standing.link.externalTicketId;
      if (fact.data['connectionId'] !== rules.connectionId || !isByHand) return;
      const { said, earlier } = await reading.transcript(fact.seq);
      const lines = said.flatMap((one) => ('direction' in one ? [lineOf(one)] : []));
      const [first] = said;
      if (earlier > 0 && first !== undefined) lines.unshift(bridgeLine(leftOut(earlier), first.occurredAt));
      if (lines.length > 0)
        told.orders.push({
          order: { kind: 'add-ticket-note', lines },
          joins: false,
          retells: earlier === 0,
        });
      return;
    }
    case 'ticket.unlinked':
      if (fact.data['connectionId'] === rules.connectionId && standing.link === undefined && !standing.isOwed)
        told.hasTicket = false;
      return;
    default:
      return;
  }
}

/** The contact's words, as the contact; everybody else's as a note. */
function say(
  told: Told,
  fact: FactView,
  message: MessageView,
  conversation: ConversationView,
  { policy, joins }: MirrorRules,
): void {
  const line = lineOf(message);
  // A thumb up is told, and wakes nobody.
  if (message.author.type !== 'contact' || message.kind === 'reaction') {
    if (policy.otherMessages === 'note') note(told, line);
    return;
  }
  const contact = contactOf(conversation);
  const isOver = told.known.status === 'solved' || told.known.status === 'closed';
  if (!isOver) {
    told.orders.push({
      order: { kind: 'add-ticket-message', contact, lines: [line] },
      joins,
      retells: false,
    });
    return;
  }
  if (mayReopen(told, fact, policy)) {
    told.known = { ...told.known, status: 'open' };
    const order: DeskOrder = {
      kind: 'add-ticket-message',
      contact,
      lines: [line],
      change: { status: 'open' },
    };
    told.orders.push({ order, joins: false, retells: false });
    return;
  }
  const follows = policy.onMessageToSolved === 'new' ? undefined : told.externalTicketId;
  told.orders.push({
    order: newTicket(conversation, policy, [line], fact, follows),
    joins: false,
    retells: false,
  });
  told.known = {};
}

const mayReopen = (told: Told, fact: FactView, policy: DeskPolicy): boolean =>
  policy.onMessageToSolved === 'reopen' && told.known.status === 'solved' && isWithin(told, fact, policy);

const isWithin = (told: Told, fact: FactView, policy: DeskPolicy): boolean =>
  told.livelyAt === undefined ||
  fact.occurredAt.getTime() - told.livelyAt.getTime() <= policy.reopenDays * DAY_MILLISECONDS;

/** What became of a message of ours: told where an agent would wait for it. */
function tellFate(told: Told, fact: FactView, message: MessageView, rules: MirrorRules): void {
  const isFromHere = message.originConnectionId === rules.connectionId;
  const failure = fact.data['failure'] as { message?: string } | undefined;
  const words = firstWords(message.text);
  const reason = failure?.message ?? '';
  switch (fact.type) {
    case 'message.sent':
      if (!isFromHere) {
        if (rules.policy.otherMessages === 'note') note(told, lineOf(message));
      } else if (failure !== undefined) {
        byBridge(told, fact, `The contact has got a link to "${words}", and not the file itself: ${reason}`);
      } else if (message.flags.includes('late')) {
        byBridge(told, fact, `Delivered to the contact after all, late: "${words}"`);
      }
      return;
    case 'message.failed':
      byBridge(told, fact, `NOT delivered to the contact: "${words}". ${reason}`);
      return;
    case 'message.uncertain':
      byBridge(
        told,
        fact,
        `It is not known whether this reached the contact: "${words}". ${reason} Send it again, or say that it arrived, in the agent's console.`,
      );
      return;
    case 'message.delayed':
      byBridge(told, fact, `Not delivered to the contact yet, and tried again: "${words}". ${reason}`);
      return;
    default:
      return;
  }
}

function tellClosed(told: Told, fact: FactView, policy: DeskPolicy): void {
  const isOver = told.known.status === 'solved' || told.known.status === 'closed';
  if (policy.onConversationClosed === 'nothing' || isOver) return;
  const by = typeof fact.data['by'] === 'string' ? ` by ${fact.data['by']}` : '';
  if (policy.onConversationClosed === 'note') byBridge(told, fact, `The conversation was closed${by}.`);
  else change(told, { status: 'solved' });
}

function escalate(told: Told, fact: FactView, policy: DeskPolicy): void {
  const { priority, tag, team } = policy.onSlaBreach;
  const asked: TicketChange = {
    ...(priority === '' ? {} : { priority }),
    ...(tag === '' ? {} : { addTags: [tag] }),
    ...(team === '' ? {} : { assignee: { team } }),
  };
  if (Object.keys(asked).length > 0) change(told, asked);
  if (!policy.onSlaBreach.note) return;
  const name = typeof fact.data['name'] === 'string' ? ` "${fact.data['name']}"` : '';
  byBridge(told, fact, `The service level${name} was breached at ${fact.occurredAt.toISOString()}.`);
}

/** Several changes in a row are one. */
function change(told: Told, asked: TicketChange): void {
  if (asked.status !== undefined) told.known = { ...told.known, status: asked.status };
  const last = told.orders.at(-1);
  if (last?.order.kind === 'update-ticket') {
    const addTags = [...(last.order.change.addTags ?? []), ...(asked.addTags ?? [])];
    const merged = { ...last.order.change, ...asked, ...(addTags.length === 0 ? {} : { addTags }) };
    last.order = { kind: 'update-ticket', change: merged };
    return;
  }
  told.orders.push({ order: { kind: 'update-ticket', change: asked }, joins: false, retells: false });
}

function note(told: Told, line: TicketLine): void {
  told.orders.push({ order: { kind: 'add-ticket-note', lines: [line] }, joins: false, retells: false });
}

function byBridge(told: Told, fact: FactView, text: string): void {
  note(told, bridgeLine(text, fact.occurredAt));
}

const noteLine = (view: NoteView): TicketLine => ({
  author: authorOf(view.author),
  text: view.text,
  files: [],
  at: view.occurredAt.toISOString(),
});
