import { createHash } from 'node:crypto';
import { type Principal, principalKey } from '../access/principal.js';
import { contactVariables } from '../domain/contact-variables.js';
import type { Author } from '../domain/conversation.js';
import { fingerprintOfOrder } from '../domain/fingerprint.js';
import { newId } from '../domain/ids.js';
import type { ChatOrder } from '../domain/order.js';
import { startingId } from '../domain/starting.js';
import type { ConnectionView } from '../domain/views.js';
import { type ConversationChange, startChange } from '../store/conversation-change.js';
import { findActingAgent } from './acting-agent.js';
import { addFact, owe } from './change-conversation.js';
import type { DeskAnswer, StartedConversation, StartInput } from './desk.js';
import { type DeskDeps, done, refused } from './desk-store.js';
import { refuseLink } from './link-ticket.js';

/**
 * Begins a conversation from our side. It is here, with its first message and its ticket, when this
 * returns; outside it is once the delivery that is owed has been answered, and has its id from then on.
 */
export async function startConversation(
  deps: DeskDeps,
  principal: Principal,
  input: StartInput,
  idempotencyKey?: string,
): Promise<DeskAnswer<StartedConversation>> {
  const agent = await findActingAgent(
    deps,
    principal,
    input.by ?? (principal.type === 'program' ? input.assignee : undefined),
  );
  if (agent.outcome === 'refused') return agent;
  if (input.assignee !== undefined && input.assignee !== agent.value.email) {
    const assignee = await deps.findAgent(principal.scope, input.assignee);
    if (assignee === undefined || assignee.disabledAt !== undefined)
      return refused('agent_unknown', 'No agent of this workspace has the assignee’s e-mail address.');
  }
  const connection = await chooseConnection(deps, principal, input.connectionId);
  if (connection.outcome === 'refused') return connection;

  const ids = idsFor(principal, idempotencyKey);
  const author: Author = { type: 'agent', email: agent.value.email, name: agent.value.name };
  const change = draftStart(principal, connection.value, input, author, ids);
  const { ticket } = input;
  const link =
    ticket === undefined
      ? undefined
      : {
          connectionId: ticket.connectionId,
          externalTicketId: ticket.externalTicketId,
          url: ticket.url,
          conversationId: ids.conversation,
        };
  const started = await deps.starter.start(principal.scope, change, link);
  const answer: StartedConversation = {
    id: ids.conversation,
    connectionId: connection.value.id,
    messageId: ids.message,
    deliveryId: ids.delivery,
  };
  switch (started.outcome) {
    case 'started':
      return done(answer);
    case 'known': {
      const message = await deps.list.findMessage(principal.scope, ids.message);
      const [same] = change.messages;
      return message?.kind === same?.kind && message?.text === same?.text
        ? done(answer)
        : refused('idempotency_key_reused', 'This idempotency key was used for another conversation.');
    }
    case 'not_linked':
      return refuseLink(started.because);
  }
}

/** The account that is named, or the only one there is. */
async function chooseConnection(
  deps: DeskDeps,
  principal: Principal,
  connectionId: string | undefined,
): Promise<DeskAnswer<ConnectionView>> {
  const all = (await deps.listConnections(principal.scope)).filter(({ side }) => side === 'chat');
  if (connectionId !== undefined) {
    const named = all.find(({ id }) => id === connectionId);
    if (named === undefined) return refused('not_found', 'There is no such connection.');
    return named.status === 'disconnected'
      ? refused('connection_disconnected', 'The connection is disconnected for good.')
      : done(named);
  }
  const [only, ...others] = all.filter(({ status }) => status !== 'disconnected');
  return only === undefined || others.length > 0
    ? refused('connection_required', 'Say over which connection: connectionId.')
    : done(only);
}

interface StartIds {
  conversation: string;
  message: string;
  delivery: string;
}

/** The same key by the same principal always names the same conversation. */
function idsFor(principal: Principal, key: string | undefined): StartIds {
  if (key === undefined)
    return { conversation: newId('conversation'), message: newId('message'), delivery: newId('delivery') };
  const name = ['start', principal.scope.workspaceId, principalKey(principal), key].join('\n');
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 26);
  return { conversation: `cnv_${hash}`, message: `msg_${hash}`, delivery: `dlv_${hash}` };
}

function draftStart(
  principal: Principal,
  connection: ConnectionView,
  input: StartInput,
  author: Author,
  ids: StartIds,
): ConversationChange {
  const at = new Date();
  const externalId = startingId(ids.delivery);
  const contactId = newId('contact');
  const { message } = input;
  const text = message.type === 'text' ? message.text : message.template.name;
  const change = startChange(0, {
    workspace_id: principal.scope.workspaceId,
    id: ids.conversation,
    connection_id: connection.id,
    external_conversation_id: externalId,
    contact_id: contactId,
    channel: input.channel,
    title: null,
    status: 'open',
    assignee_type: input.assignee === undefined ? 'nobody' : 'agent',
    assignee_key: input.assignee ?? null,
    assignee_name: input.assignee === author.email ? (author.name ?? null) : null,
    labels: [],
    variables: {},
    sla: null,
    sla_breached_at: null,
    known: [],
    last_seq: 0,
    version: 0,
    last_message: { text: text.slice(0, 160), author, kind: message.type, occurredAt: at.toISOString() },
    last_activity_at: at.toISOString(),
    started_at: at.toISOString(),
    closed_at: null,
  });
  const { phone, name, email } = input.to;
  change.contact = {
    id: contactId,
    externalContactId: `conversation:${externalId}`,
    phone,
    name,
    email,
    variables: {},
  };
  addFact(change, { type: 'conversation.opened', data: {} }, at);
  change.messages.push({
    id: ids.message,
    seq: addFact(change, { type: 'message.queued', data: { messageId: ids.message } }, at),
    direction: 'out',
    author,
    kind: message.type,
    text,
    content: message.type === 'template' ? { template: message.template } : {},
    state: 'queued',
    fingerprint: fingerprintOfOrder(message),
    deliveryId: ids.delivery,
    flags: [],
    occurredAt: at,
  });
  const order: ChatOrder = {
    kind: 'start-conversation',
    channel: input.channel,
    from: input.from,
    to: {
      phone,
      ...(name === undefined ? {} : { name }),
      ...(email === undefined ? {} : { email }),
    },
    content: message,
    ...(input.assignee === undefined ? {} : { assignee: input.assignee }),
  };
  change.deliveries.push({
    id: ids.delivery,
    connectionId: connection.id,
    kind: order.kind,
    payload: order,
    messageId: ids.message,
    idempotencyKey: ids.delivery,
  });
  // The start itself tells who is called; what the account calls otherwise is told behind it.
  const variables = contactVariables(connection.settings['contactVariables'], { phone, name, email }).filter(
    (variable) => !(variable.name in input.to),
  );
  if (variables.length > 0) owe(change, { kind: 'set-variables', variables });
  return change;
}
