import { createHash } from 'node:crypto';
import type { DeskOrder, TicketChange, TicketLine } from '../../domain/desk-order.js';
import type { Account, DeskSendContext, DeskSendOutcome, TicketTarget } from '../connector.js';
import { judgeAnswer, splitText, statusOf, wordFor } from '../desk-kit/index.js';
import type { OutsideAnswer, OutsideCaller } from '../http-client/index.js';
import { deskAnswer, webhookCredentials } from './schema.js';
import { sign } from './signature.js';
import { statusWords } from './status-words.js';

/** Of one message, in either direction. */
export const MOST_TEXT_CHARACTERS = 65_536;

const TYPES = {
  'create-ticket': 'ticket.create',
  'add-ticket-message': 'ticket.message',
  'add-ticket-note': 'ticket.note',
  'update-ticket': 'ticket.update',
} as const;

/** Tells the desk's back end one thing. Its id stays the same however often it is sent, so that it is done once. */
export async function send(
  caller: OutsideCaller,
  order: DeskOrder,
  target: TicketTarget,
  account: Account,
  context: Pick<DeskSendContext, 'idempotencyKey' | 'signal' | 'leaving' | 'fileLink'>,
): Promise<DeskSendOutcome> {
  const { settings } = account;
  const url = new URL(String(settings['url']));
  const { secret } = webhookCredentials.parse(account.credentials);
  const at = new Date();
  const told = {
    type: TYPES[order.kind],
    timestamp: at.toISOString(),
    data: dataOf(order, target, settings, context),
  };
  const body = Buffer.from(JSON.stringify(told));
  const answer = await caller.call({
    method: 'POST',
    baseUrl: url.origin,
    path: `${url.pathname}${url.search}`,
    headers: {
      'content-type': 'application/json',
      ...sign(secret, idOf(context.idempotencyKey, order, target), at, body),
    },
    body,
    signal: context.signal,
    leaving: context.leaving,
  });
  if (answer.outcome === 'answered' && answer.status === 410) return gone(answer.json);
  if (answer.outcome !== 'answered' || !isTaken(answer))
    return judgeAnswer(answer, { desk: 'The desk', repeatable: true });
  const read = deskAnswer.safeParse(answer.json ?? {});
  const { ticketId, url: ticketUrl, messageIds = [] } = read.success ? read.data : {};
  return {
    outcome: 'delivered',
    writtenIds: messageIds,
    ...(order.kind === 'create-ticket'
      ? {
          // A back end that answers no id of its own calls the ticket as we call the conversation.
          ticket: {
            externalTicketId: ticketId ?? target.conversationId,
            ...(ticketUrl === undefined ? {} : { url: ticketUrl }),
          },
          state: { status: statusMeant(order.change, settings) ?? 'new' },
        }
      : stateOf(order, settings)),
  };
}

/**
 * What is told to another ticket, or has become a new ticket because the old one is gone, is another thing to a
 * back end that answers a repeat as it answered the first time.
 */
function idOf(key: string, order: DeskOrder, { externalTicketId = '' }: TicketTarget): string {
  if (order.kind === 'create-ticket') return `${key}-create`;
  return `${key}-${createHash('sha256').update(externalTicketId).digest('hex').slice(0, 12)}`;
}

/** A page with 200 is whatever else answers at that address: what was told to it would be lost. */
export function isTaken({ status, json, bytes }: Extract<OutsideAnswer, { outcome: 'answered' }>): boolean {
  return status >= 200 && status < 300 && (json !== undefined || bytes.length === 0);
}

type Settings = Account['settings'];

/** The desk's word for the status that it shall have. */
const statusWordOf = ({ status }: TicketChange, settings: Settings): string | undefined =>
  status === undefined ? undefined : wordFor(statusWords, settings, status);

const statusMeant = (change: TicketChange, settings: Settings) =>
  statusOf(statusWords, settings, statusWordOf(change, settings));

function changeOf(change: TicketChange, settings: Settings): Record<string, unknown> {
  const { status: _ours, ...rest } = change;
  const status = statusWordOf(change, settings);
  return { ...(status === undefined ? {} : { status }), ...rest };
}

function stateOf(order: DeskOrder, settings: Settings) {
  const change = order.kind === 'add-ticket-note' ? undefined : order.change;
  if (change === undefined) return {};
  const { priority, assignee } = change;
  const status = statusMeant(change, settings);
  const state = {
    ...(status === undefined ? {} : { status }),
    ...(priority === undefined ? {} : { priority }),
    ...(assignee === undefined
      ? {}
      : {
          assignee:
            assignee === null
              ? null
              : 'team' in assignee
                ? { team: { name: assignee.team } }
                : { agent: { email: assignee.agentEmail } },
        }),
  };
  return { state };
}

function gone(json: unknown): DeskSendOutcome {
  const into = (json as { mergedInto?: unknown } | undefined)?.mergedInto;
  return {
    outcome: 'ticket_gone',
    code: 'ticket_gone',
    message: 'The desk says that this ticket is gone.',
    ...(typeof into === 'string' || typeof into === 'number' ? { mergedInto: String(into) } : {}),
  };
}

function dataOf(
  order: DeskOrder,
  target: TicketTarget,
  settings: Settings,
  context: Pick<DeskSendContext, 'fileLink'>,
) {
  const about = {
    conversationId: target.conversationId,
    ...(target.externalTicketId === undefined ? {} : { ticketId: target.externalTicketId }),
  };
  switch (order.kind) {
    case 'create-ticket': {
      const { subject, contact, introduction, change, follows } = order;
      return {
        ...about,
        subject,
        contact,
        introduction,
        messages: order.lines.flatMap((line) => messagesOf(line, context)),
        change: changeOf(change, settings),
        ...(follows === undefined ? {} : { follows }),
      };
    }
    case 'add-ticket-message':
      return {
        ...about,
        contact: order.contact,
        messages: order.lines.flatMap((line) => messagesOf(line, context)),
        ...(order.change === undefined ? {} : { change: changeOf(order.change, settings) }),
      };
    case 'add-ticket-note':
      return { ...about, notes: order.lines.flatMap((line) => messagesOf(line, context)) };
    case 'update-ticket':
      return { ...about, change: changeOf(order.change, settings) };
  }
}

/** One message, or several where its text is longer than a message may be; files go with the last. */
function messagesOf(line: TicketLine, context: Pick<DeskSendContext, 'fileLink'>) {
  const files = line.files.flatMap(({ fileId, name, contentType, sizeBytes }) =>
    fileId === undefined ? [] : [{ name, contentType, sizeBytes, url: context.fileLink(fileId, name) }],
  );
  const pieces = splitText(line.text, MOST_TEXT_CHARACTERS);
  return pieces.map((text, at) => ({
    author: line.author,
    text,
    at: line.at,
    files: at === pieces.length - 1 ? files : [],
  }));
}
