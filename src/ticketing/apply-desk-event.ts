import { createHash } from 'node:crypto';
import { type ActingAgent, findDefaultAgent } from '../desk/acting-agent.js';
import { addFact, owe } from '../desk/change-conversation.js';
import { oweClosing } from '../desk/close.js';
import type { DeskDeps } from '../desk/desk-store.js';
import { addMessage } from '../desk/reply.js';
import type { DeskFact } from '../domain/desk-fact.js';
import { type DeskPolicy, defaultDeskPolicy } from '../domain/desk-policy.js';
import type { OrderedContent } from '../domain/order.js';
import type { TicketAssignee, TicketState } from '../domain/ticket.js';
import { type ConversationChange, startChange } from '../store/conversation-change.js';
import type { WaitingEvent } from '../store/inbox.js';
import type { LinkedTicket, TicketRecord } from '../store/ticket-record.js';
import { chatEmailOf, chatTeamOf, deskTeamOf } from './change-for-assignee.js';
import { type FileDeps, type FileSource, fetchTicketFiles, type UnsentFile } from './fetch-ticket-files.js';
import { setAside } from './set-aside.js';
import { takeContact } from './take-contact.js';

export interface AnswerDeps extends FileDeps {
  desk: Pick<
    DeskDeps,
    'conversations' | 'writer' | 'findAgent' | 'findFirstAgent' | 'list' | 'listConnections'
  >;
  tickets: TicketRecord;
  isDatabaseUnavailable: (error: unknown) => boolean;
}

/** What is said in a closed conversation cannot be sent any more; the agent is told in the ticket. */
const CLOSED = {
  code: 'conversation_closed',
  message: 'The conversation is closed: the contact cannot be reached in it any more.',
};
const TRIES = 60;

/**
 * Applies one event of a ticket to its conversation, and marks it done, in one statement.
 * @returns again: something that it needs is not there yet · changed: others kept changing the conversation ·
 * no_agent: nobody is there to answer as; the event is parked, and the ticket told
 */
export async function applyDeskEvent(
  deps: AnswerDeps,
  event: WaitingEvent,
  facts: readonly DeskFact[],
  ticket: LinkedTicket,
  source: FileSource,
): Promise<'done' | 'again' | 'changed' | 'no_agent'> {
  const told = await newsOf(
    deps.tickets,
    event.flags.includes('contradiction') ? facts.map(renamed(event)) : facts,
    ticket,
  );
  const news = told.filter((fact) => fact.type !== 'ticket-state' || !isDoubtful(fact.state, event, ticket));
  if (news.length < told.length) await deps.tickets.doubtState(ticket);
  const wanted = source.account.settings['policy'] as Partial<DeskPolicy> | undefined;
  const policy: DeskPolicy = { ...defaultDeskPolicy, ...wanted };
  const replies = new Map<DeskFact, Reply>();
  for (const fact of news) {
    if (fact.type !== 'agent-replied') continue;
    const acting = await actingAgent(deps, fact.author.email, ticket, policy);
    if (acting === undefined) return setAside(deps.desk, event, news, ticket);
    const answer = await answerOf(deps, fact, ticket, source, policy);
    if (answer === undefined) return 'again';
    replies.set(fact, { acting, ...answer });
  }
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const state = await deps.desk.conversations.readById(ticket.scope, ticket.conversationId);
    if (state === undefined) return 'done';
    const change = startChange(state.row.version, structuredClone(state.row));
    change.projected.push(event.position);
    for (const fact of news) {
      if (fact.type === 'contact-changed') await takeContact(deps, change, fact, ticket, state);
      else await apply(deps, change, fact, replies.get(fact), ticket, policy);
    }
    const [written] = await deps.desk.writer.write([change]);
    if (written === true) {
      await settleOutside(deps, news, ticket);
      return 'done';
    }
  }
  return 'changed';
}

/**
 * Whether this is how the ticket stood before we changed it ourselves: the look began before our change was done,
 * or one is under way. Taken for news, it would undo what we wrote; the next look tells.
 */
function isDoubtful(state: TicketState, event: WaitingEvent, ticket: LinkedTicket): boolean {
  const { lookedAt } = event.payload;
  if (typeof lookedAt !== 'string' || isAsKnown(state, ticket.known)) return false;
  const { stateWrittenAt, isStateOwed } = ticket;
  return isStateOwed || (stateWrittenAt !== undefined && new Date(lookedAt) <= stateWrittenAt);
}

const isAsKnown = ({ status, assignee, priority }: TicketState, known: TicketState): boolean =>
  (status === undefined || status === known.status) &&
  (assignee === undefined || isSame(assignee, known.assignee)) &&
  (priority === undefined || priority === known.priority);

/** Leaves out what we wrote ourselves, and what was said before the ticket was linked. */
async function newsOf(
  tickets: TicketRecord,
  facts: readonly DeskFact[],
  ticket: LinkedTicket,
): Promise<DeskFact[]> {
  const ids = facts.flatMap((fact) => ('externalId' in fact ? [fact.externalId] : []));
  const written =
    ids.length === 0 ? new Set<string>() : await tickets.findWritten(ticket.scope, ticket.connectionId, ids);
  return facts.filter((fact) => {
    if (!('externalId' in fact)) return true;
    if (written.has(fact.externalId)) return false;
    const { since } = ticket;
    return since === undefined || fact.occurredAt === undefined || new Date(fact.occurredAt) >= since;
  });
}

/** A person has decided that what it says is said on its own, though it has the id of something else. */
const renamed =
  ({ position }: WaitingEvent) =>
  (fact: DeskFact): DeskFact =>
    'externalId' in fact ? { ...fact, externalId: `${fact.externalId}#${position}` } : fact;
/** What an agent has said, ready to be sent, and what cannot be sent of it. */
interface Answer {
  contents: OrderedContent[];
  unsent: UnsentFile[];
}

/** In whose name it is said in the chat. */
interface Reply extends Answer {
  acting: ActingAgent;
}

async function apply(
  deps: AnswerDeps,
  change: ConversationChange,
  fact: Exclude<DeskFact, { type: 'contact-changed' }>,
  given: Reply | undefined,
  ticket: LinkedTicket,
  policy: DeskPolicy,
): Promise<void> {
  switch (fact.type) {
    case 'agent-replied':
      if (given !== undefined) reply(change, fact, given, ticket);
      return;
    case 'note-added': {
      const at = fact.occurredAt === undefined ? new Date() : new Date(fact.occurredAt);
      const id = idOf('not', ticket, fact.externalId, 0);
      const files = fact.files.map(({ name }) => `[file "${name}" is in the ticket]`);
      const text = [fact.text, ...files].filter((part) => part !== '').join('\n');
      const { name, email } = fact.author;
      const author = {
        type: 'agent' as const,
        ...(name === undefined ? {} : { name }),
        ...(email === undefined ? {} : { email }),
      };
      const seq = addFact(change, { type: 'note.added', data: { noteId: id } }, at);
      change.notes.push({ id, seq, author, text, originConnectionId: ticket.connectionId, occurredAt: at });
      return;
    }
    case 'ticket-state':
      return takeState(deps, change, fact, ticket, policy);
    case 'ticket-gone':
      return;
  }
}

function reply(
  change: ConversationChange,
  fact: Extract<DeskFact, { type: 'agent-replied' }>,
  { acting, contents, unsent }: Reply,
  ticket: LinkedTicket,
): void {
  const isClosed = change.row.status === 'closed';
  if (!isClosed && change.row.assignee_type === 'bot')
    owe(change, { kind: 'assign', by: acting.email, to: { agent: acting.email } });
  const author = { type: 'agent' as const, email: acting.email, name: fact.author.name ?? acting.name };
  contents.forEach((content, part) => {
    const id = idOf('msg', ticket, fact.externalId, part);
    const message = addMessage(change, id, author, content, ticket.connectionId);
    if (!isClosed) return;
    // Nothing goes out: it stands in the conversation as what it is.
    change.deliveries.pop();
    message.deliveryId = undefined;
    message.state = 'failed';
    message.failure = CLOSED;
    addFact(change, { type: 'message.failed', data: { messageId: id, failure: CLOSED } }, new Date());
  });
  unsent.forEach(({ name, reason }, part) => {
    // From nobody's desk: it is told in the ticket as well.
    const at = new Date();
    const id = idOf('not', ticket, fact.externalId, part);
    const seq = addFact(change, { type: 'note.added', data: { noteId: id } }, at);
    const text = `The file "${name}" was NOT sent to the contact: ${reason}`;
    change.notes.push({ id, seq, author: { type: 'system' }, text, occurredAt: at });
  });
}

/** Only what differs from what is known of the ticket is news; the rest is our own change coming back. */
async function takeState(
  deps: AnswerDeps,
  change: ConversationChange,
  fact: Extract<DeskFact, { type: 'ticket-state' }>,
  ticket: LinkedTicket,
  policy: DeskPolicy,
): Promise<void> {
  const { status, assignee } = fact.state;
  const { known } = ticket;
  if (change.row.status === 'closed') return;
  const carriesAssignee = policy.assignee === 'both' || policy.assignee === 'to-conversation';
  if (carriesAssignee && assignee !== undefined && !isSame(assignee, known.assignee))
    await assign(deps, change, assignee, ticket, policy);
  const isOver = status === 'solved' || status === 'closed';
  const wasOver = known.status === 'solved' || known.status === 'closed';
  if (isOver && !wasOver && policy.onTicketSolved === 'close') {
    const acting = await actingAgent(deps, fact.by?.email, ticket, policy);
    if (acting !== undefined) oweClosing(change, acting.email);
  }
}

async function assign(
  deps: AnswerDeps,
  change: ConversationChange,
  assignee: TicketAssignee,
  ticket: LinkedTicket,
  policy: DeskPolicy,
): Promise<void> {
  // A conversation that nobody has any more stays with whoever has it: the chat side knows no such thing.
  if (assignee === null) return;
  const by = await actingAgent(deps, undefined, ticket, policy);
  if (by === undefined) return;
  if ('team' in assignee) {
    const { name } = assignee.team;
    const { assignee_type: type, assignee_key: key } = change.row;
    if (type === 'team' && key !== null && deskTeamOf(key, policy) === name) return;
    owe(change, { kind: 'assign', by: by.email, to: { team: chatTeamOf(name, policy) } });
    return;
  }
  const { email } = assignee.agent;
  if (email === undefined) return;
  const agent = await deps.desk.findAgent(ticket.scope, chatEmailOf(email, policy));
  // Somebody who does not work in the chat cannot be given a conversation there.
  if (agent === undefined || agent.disabledAt !== undefined) return;
  if (change.row.assignee_type === 'agent' && change.row.assignee_key === agent.email) return;
  owe(change, { kind: 'assign', by: by.email, to: { agent: agent.email } });
}

function isSame(one: TicketAssignee, other: TicketAssignee | undefined): boolean {
  if (other === undefined) return false;
  if (one === null || other === null) return one === other;
  if ('agent' in one && 'agent' in other) {
    return one.agent.email !== undefined && other.agent.email !== undefined
      ? one.agent.email === other.agent.email
      : one.agent.externalId !== undefined && one.agent.externalId === other.agent.externalId;
  }
  return 'team' in one && 'team' in other && one.team.name === other.team.name;
}

/** Who answers in the chat: the desk's agent under its name there, else whom the policy names, else whoever has the conversation. */
async function actingAgent(
  deps: AnswerDeps,
  deskEmail: string | undefined,
  ticket: LinkedTicket,
  policy: DeskPolicy,
): Promise<ActingAgent | undefined> {
  const candidates = [
    ...(deskEmail === undefined ? [] : [chatEmailOf(deskEmail, policy)]),
    ...(policy.fallbackAgent === '' ? [] : [policy.fallbackAgent]),
  ];
  for (const email of candidates) {
    const agent = await deps.desk.findAgent(ticket.scope, email);
    if (agent !== undefined && agent.disabledAt === undefined)
      return { email: agent.email, name: agent.name };
  }
  const standard = await findDefaultAgent(deps.desk, ticket, ticket.conversationId);
  return standard.outcome === 'done' ? standard.value : undefined;
}

/** Text, then files; undefined while a file may still come. */
async function answerOf(
  deps: AnswerDeps,
  fact: Extract<DeskFact, { type: 'agent-replied' }>,
  ticket: LinkedTicket,
  source: FileSource,
  policy: DeskPolicy,
): Promise<Answer | undefined> {
  const files = await fetchTicketFiles(deps, fact, ticket.scope, source);
  if (files === undefined) return undefined;
  const remarks = files.unsent.map(({ name }) => policy.unsentFile.replaceAll('{{file.name}}', () => name));
  const text = [fact.text, ...remarks].filter((part) => part.trim() !== '').join('\n');
  const said = text === '' ? [] : [{ type: 'text' as const, text }];
  return { contents: [...said, ...files.contents], unsent: files.unsent };
}

/** What is written about the ticket itself, after the conversation: once more does no harm. */
async function settleOutside(deps: AnswerDeps, news: DeskFact[], ticket: LinkedTicket): Promise<void> {
  for (const fact of news) {
    if (fact.type === 'ticket-state') await deps.tickets.noteState(ticket, fact.state);
    if (fact.type === 'ticket-gone')
      await deps.tickets.lose(ticket, fact.how === 'merged' ? fact.into : undefined);
  }
}

/** The same comment always makes the same messages. */
function idOf(prefix: 'msg' | 'not', ticket: LinkedTicket, externalId: string, part: number): string {
  const name = [ticket.connectionId, ticket.externalTicketId, externalId, String(part)].join('\n');
  return `${prefix}_${createHash('sha256').update(name).digest('hex').slice(0, 26)}`;
}
