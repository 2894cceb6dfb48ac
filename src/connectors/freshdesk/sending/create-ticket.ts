import type { DeskOrder, TicketContact } from '../../../domain/desk-order.js';
import type { DeskSendContext, DeskSendOutcome, TicketName } from '../../connector.js';
import { composePieces, FailedCall, type Piece, type Wording, writeOrLink } from '../../desk-kit/index.js';
import { type FreshdeskTicket, ticket } from '../calling/answers.js';
import type { FreshdeskClient } from '../calling/open-client.js';
import { toHtml } from '../reading/html-text.js';
import { planChange, type PlannedChange } from './change-ticket.js';
import { findByReference, requestersOf, type Requester } from './find-by-reference.js';
import { formOf, isOfSide, isSamePiece, listConversations, limits, writePieces } from './write-notes.js';

type CreateOrder = Extract<DeskOrder, { kind: 'create-ticket' }>;

/**
 * A ticket with its words is one call, as long as the words fit into it. It is looked for first: an attempt
 * may have been accepted, or have ended between the ticket and its further words.
 */
export async function createTicket(
  client: FreshdeskClient,
  order: CreateOrder,
  context: DeskSendContext,
): Promise<DeskSendOutcome> {
  const known = await findByReference(client, order);
  const planned = await planAsFarAsPossible(client, order);
  const [first = noWords, ...rest] = await composePieces(wordingOf(order), limits, context);
  const made = known ?? (await writeOrLink(first, (piece) => createFirst(client, order, piece, planned)));
  const before = rest.length > 0 ? await findRest(client, made, rest) : [];
  const writtenIds = await writePieces(client, made, 'contact', rest, before);
  return { outcome: 'delivered', writtenIds, ticket: nameTicket(client, made.id), state: planned.state };
}

export function wordingOf(order: CreateOrder): Wording {
  const alwaysNamed = order.lines.some(({ author }) => author.type !== 'contact');
  const follows = order.follows === undefined ? '' : `Follows ticket #${order.follows}.`;
  const introduction = [order.introduction, follows].filter((part) => part !== '').join('\n');
  return { lines: order.lines, introduction, alwaysNamed };
}

export function nameTicket({ settings }: FreshdeskClient, id: number): TicketName {
  return { externalTicketId: String(id), url: `${settings.baseUrl}/a/tickets/${id}` };
}

/** What stands behind the description by now. */
export async function findRest(
  client: FreshdeskClient,
  made: FreshdeskTicket,
  rest: readonly Piece[],
): Promise<string[]> {
  const ours = (await listConversations(client, made.id)).filter((one) => isOfSide(one, 'contact', made));
  const differs = rest.findIndex((piece, at) => {
    const one = ours[at];
    return one === undefined || !isSamePiece(piece, one);
  });
  return ours.slice(0, differs === -1 ? rest.length : differs).map(({ id }) => String(id));
}

/** An unknown agent or team is no reason for the contact to have no ticket. */
async function planAsFarAsPossible(client: FreshdeskClient, { change }: CreateOrder): Promise<PlannedChange> {
  try {
    return await planChange(client, change, []);
  } catch (error) {
    if (!(error instanceof FailedCall) || error.failed.outcome !== 'refused') throw error;
    const { assignee: _unknown, ...rest } = change;
    return planChange(client, rest, []);
  }
}

async function createFirst(
  client: FreshdeskClient,
  order: CreateOrder,
  piece: Piece,
  planned: PlannedChange,
): Promise<FreshdeskTicket> {
  const [first, ...others] = requestersOf(order.contact);
  for (const requester of others) {
    try {
      return await create(client, order, piece, planned, first ?? requester);
    } catch (error) {
      // Their address may be one that Freshdesk does not take: they are somebody all the same.
      if (!(error instanceof FailedCall) || !/\b(?:email|phone)\b/u.test(error.failed.message)) throw error;
      return create(client, order, piece, planned, requester);
    }
  }
  return create(client, order, piece, planned, first ?? { unique_external_id: externalIdOf(order.contact) });
}

async function create(
  client: FreshdeskClient,
  order: CreateOrder,
  piece: Piece,
  planned: PlannedChange,
  requester: Requester,
): Promise<FreshdeskTicket> {
  const { referenceField } = client.settings;
  const fields = {
    ...requester,
    subject: order.subject.slice(0, 255),
    description: toHtml(piece.text),
    // Open and low are what Freshdesk itself begins with; 7 is a chat.
    status: 2,
    priority: 1,
    source: 7,
    ...planned.fields,
  };
  const call = { method: 'POST' as const, path: '/tickets' };
  if (piece.files.length === 0) {
    return client.ask(ticket, {
      ...call,
      json: { ...fields, custom_fields: { [referenceField]: order.reference } },
    });
  }
  const { tags, ...rest } = fields as Record<string, unknown>;
  const told = Object.entries(rest).filter(([, value]) => value !== null && value !== undefined);
  const form = formOf(Object.fromEntries(told) as Record<string, string>, piece);
  form.append(`custom_fields[${referenceField}]`, order.reference);
  for (const tag of Array.isArray(tags) ? tags : []) form.append('tags[]', String(tag));
  return client.ask(ticket, { ...call, form, deadlineSeconds: 120 });
}

const noWords: Piece = { text: '', stem: '', files: [], fileNames: [] };

const externalIdOf = (contact: TicketContact): string => `wotnot:${contact.id}`;
