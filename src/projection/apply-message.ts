import type { ChatFact } from '../domain/chat-fact.js';
import type { MessageFlag } from '../domain/conversation.js';
import { newId } from '../domain/ids.js';
import { hearContact } from './apply-status.js';
import { type Draft, emit, type Occasion, touch, updateMessage } from './draft.js';
import { meetContact } from './meet-contact.js';
import { guessTemplate, recogniseEcho, wasSentAgain } from './recognise-echo.js';

const PREVIEW_LENGTH = 160;

/** Something was said: by the contact, the bot or an agent; or it is one of ours coming back. */
export function applyMessage(
  draft: Draft,
  fact: Extract<ChatFact, { type: 'message' }>,
  occasion: Occasion,
): void {
  // A person has decided that it is a message of its own, though it has the id of another.
  const isItsOwn = occasion.flags.includes('contradiction');
  const externalMessageId = isItsOwn ? undefined : fact.externalMessageId;
  if (externalMessageId !== undefined && draft.brought.has(externalMessageId)) return;
  if (fact.author.type === 'contact') meetContact(draft, { ...contactOfAuthor(fact), ...fact.contact });
  else meetContact(draft, fact.contact);

  const known = draft.named.some(
    (message) => externalMessageId !== undefined && message.external_message_id === externalMessageId,
  );
  const ours = isItsOwn
    ? undefined
    : (recogniseEcho(draft, fact, occasion.receivedAt) ??
      (known ? undefined : guessTemplate(draft, fact, occasion.receivedAt)));
  if (ours !== undefined) {
    draft.unechoed = draft.unechoed.flatMap((message) => {
      if (message.id !== ours.id) return [message];
      return wasSentAgain(message) ? [{ ...message, echoed_at: occasion.receivedAt.toISOString() }] : [];
    });
    draft.named.push({ ...ours, external_message_id: ours.external_message_id ?? externalMessageId ?? null });
    updateMessage(draft, {
      id: ours.id,
      echoedAt: occasion.receivedAt,
      externalMessageId: ours.external_message_id === null ? externalMessageId : undefined,
    });
    // Delivery settles on this evidence what it could not know.
    if (ours.state !== 'sent') draft.change.wokenLanes.push(draft.row.connection_id);
    return;
  }
  if (known) return;
  if (externalMessageId !== undefined) draft.brought.add(externalMessageId);

  const occurredAt = fact.occurredAt === undefined ? occasion.receivedAt : new Date(fact.occurredAt);
  const id = newId('message');
  const seq = emit(draft, { type: 'message.received', data: { messageId: id } }, occurredAt);
  draft.change.messages.push({
    id,
    seq,
    direction: 'in',
    author: fact.author,
    kind: fact.kind,
    text: fact.text,
    content: fact.content,
    state: 'received',
    externalMessageId,
    flags: occasion.flags.filter(
      (flag): flag is MessageFlag => flag === 'cleaned' || flag === 'possibleRepeat',
    ),
    occurredAt,
  });
  draft.row.last_message = {
    text: preview(fact.text),
    author: fact.author,
    kind: fact.kind,
    occurredAt: occurredAt.toISOString(),
  };
  // Behind the message: what a ticket makes of it is decided by the message alone. A thumb up wakes nobody.
  if (fact.author.type === 'contact' && fact.kind !== 'reaction')
    hearContact(draft, fact.occurredAt, occurredAt);
  touch(draft, occasion.receivedAt);
}

function contactOfAuthor(fact: Extract<ChatFact, { type: 'message' }>): { name?: string; email?: string } {
  return {
    ...(fact.author.name === undefined ? {} : { name: fact.author.name }),
    ...(fact.author.email === undefined ? {} : { email: fact.author.email }),
  };
}

/** The first words, never half of a character that takes two units. */
export function preview(text: string): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  return line.length <= PREVIEW_LENGTH
    ? line
    : `${Array.from(line.slice(0, PREVIEW_LENGTH)).slice(0, -1).join('')}…`;
}
