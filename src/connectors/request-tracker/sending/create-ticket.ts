import { z } from 'zod';
import type { DeskOrder } from '../../../domain/desk-order.js';
import type { DeskSendContext, DeskSendOutcome } from '../../connector.js';
import { composePieces, FailedCall, type Piece, splitText, writeOrLink } from '../../desk-kit/index.js';
import { notUnderstood } from '../calling/not-understood.js';
import type { Tracker } from '../calling/open-tracker.js';
import { isId } from '../calling/query.js';
import { findAgent } from '../calling/read-person.js';
import { readQueue } from '../calling/read-queue.js';
import { readTicket } from '../calling/read-ticket.js';
import { pieceLimits } from '../capabilities.js';
import { addressOf, requestorOf } from './contact-address.js';
import { stateOf } from './state-of.js';
import { updateTicket } from './update-ticket.js';
import { messageBody } from './write-by-rest.js';

export type CreateOrder = Extract<DeskOrder, { kind: 'create-ticket' }>;

const created = z.object({ id: z.union([z.string(), z.number()]).transform(String).refine(isId) });

/**
 * One request makes the whole ticket, transcript and files included: there is nothing that a lost answer
 * could leave half done. @throws FailedCall
 */
export async function createTicket(
  tracker: Tracker,
  order: CreateOrder,
  context: DeskSendContext,
): Promise<DeskSendOutcome> {
  const { settings } = tracker;
  await expectRoom(tracker);
  const { contact, change } = order;
  const address = await addressOf(tracker, contact);
  const agent =
    change.assignee !== undefined && change.assignee !== null && 'agentEmail' in change.assignee
      ? await findAgent(tracker, change.assignee.agentEmail)
      : undefined;
  const tags = change.addTags ?? [];
  const about = {
    Queue: settings.queue,
    Subject: order.subject.replaceAll(/\s+/gu, ' ').trim().slice(0, 190),
    Requestor: requestorOf(contact, address),
    ...(agent === undefined ? {} : { Owner: agent.name }),
    ...(change.priority === undefined ? {} : { Priority: settings.priorities[change.priority] }),
    ...(order.follows !== undefined && isId(order.follows) ? { RefersTo: order.follows } : {}),
    CustomFields: {
      [settings.conversationField]: order.reference,
      ...(settings.tagsField === '' || tags.length === 0 ? {} : { [settings.tagsField]: tags }),
    },
  };
  const answer = await writeOrLink(await composeWhole(order, context), async (whole) => {
    const json = { ...about, ...messageBody(whole) };
    const told = await tracker.rest('POST', '/ticket', { json, expected: [400] });
    if (told.status === 400) throw new FailedCall(refused);
    return told;
  });
  const parsed = created.safeParse(answer.json);
  if (!parsed.success) throw notUnderstood('write');
  return describe(tracker, parsed.data.id, order, context.idempotencyKey);
}

/** What is missing for every ticket is the connection's matter: it pauses, and nothing is lost. */
async function expectRoom(tracker: Tracker): Promise<void> {
  const { queue: name, conversationField } = tracker.settings;
  const queue = await readQueue(tracker, name);
  const missing =
    queue === undefined || queue.disabled
      ? `Request Tracker has no queue “${name}” that the bridge's user may see. Create it, or grant SeeQueue.`
      : queue.fields.includes(conversationField)
        ? undefined
        : `The queue “${name}” has no custom field “${conversationField}” that the bridge's user may see. Apply it to the queue, and grant SeeCustomField and ModifyCustomField.`;
  if (missing === undefined) return;
  throw new FailedCall({ outcome: 'credential', code: 'set_up_incomplete', message: missing });
}

/** Everything in one message: what is too long for a page of RT's is attached as well, whole. */
async function composeWhole(
  order: CreateOrder,
  context: DeskSendContext,
): Promise<Pick<Piece, 'text' | 'files'>> {
  const { lines, introduction } = order;
  const limits = { ...pieceLimits, mostTextCharacters: 1_000_000 };
  const [first, ...others] = await composePieces({ lines, introduction, alwaysNamed: true }, limits, context);
  if (first === undefined) return { text: '', files: [] };
  const ids = new Map(lines.flatMap((line) => line.files.map(({ name, fileId }) => [name, fileId] as const)));
  const links = others
    .flatMap(({ files }) => files)
    .map(({ name }) => `[File “${name}”: ${context.fileLink(ids.get(name) ?? '', name)}]`);
  const text = [first.text, ...links].filter((part) => part !== '').join('\n');
  const { mostTextCharacters } = pieceLimits;
  if (text.length <= mostTextCharacters) return { text, files: first.files };
  const transcript = { name: 'transcript.txt', contentType: 'text/plain', bytes: Buffer.from(text, 'utf8') };
  const [beginning = ''] = splitText(text, mostTextCharacters - 100);
  return {
    text: `${beginning.trimEnd()}\n\n[The whole transcript is attached as transcript.txt.]`,
    files: [...first.files, transcript],
  };
}

/** The ticket is there, whatever becomes of what is asked and set afterwards. */
async function describe(
  tracker: Tracker,
  id: string,
  order: CreateOrder,
  idempotencyKey: string,
): Promise<DeskSendOutcome> {
  const ticket = { externalTicketId: id, url: tracker.ticketUrl(id) };
  const made: DeskSendOutcome = { outcome: 'delivered', writtenIds: [], ticket };
  try {
    const reading = await readTicket(tracker, id);
    if (reading.outcome !== 'there') return made;
    const state = await stateOf(tracker, reading.ticket);
    const { status, assignee } = order.change;
    const later = {
      ...(status === undefined ? {} : { status }),
      ...(assignee !== undefined && assignee !== null && 'team' in assignee ? { assignee } : {}),
    };
    if (Object.keys(later).length === 0) return { ...made, state };
    const changed = await updateTicket(tracker, reading.ticket, later, idempotencyKey);
    return { ...made, state: await stateOf(tracker, changed) };
  } catch (error) {
    if (error instanceof FailedCall) return made;
    throw error;
  }
}

const refused = {
  outcome: 'refused' as const,
  code: 'ticket_refused',
  message:
    'Request Tracker refuses to create the ticket. Its log says why; `connection check` looks for what is missing.',
  httpStatus: 400,
};
