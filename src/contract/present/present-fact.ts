import type { ZodType } from 'zod';
import type { FactView } from '../../domain/views.js';
import { FACT_DATA, type Fact, type FactType, factTypes } from '../facts.js';
import { failureSchema } from '../resources.js';
import { presentConversationSummary } from './present-conversation.js';
import { type SignUrl, presentMessage } from './present-message.js';
import { presentNote } from './present-note.js';

/**
 * A fact as it crosses our wire. What it names (a message, a note) is shown as it is now. Its data pass
 * through the contract's own field list: what the list does not know stays here, and a fact whose data do
 * not fit is a surprise.
 */
export function presentFact(view: FactView, signUrl: SignUrl): Fact {
  return {
    cursor: view.cursor,
    type: view.type,
    conversationId: view.conversationId,
    seq: view.seq,
    occurredAt: view.occurredAt.toISOString(),
    data: factData(view, signUrl),
    ...(view.conversation === undefined
      ? {}
      : { conversation: presentConversationSummary(view.conversation) }),
  } as Fact;
}

/** The contract's field lists, made once; unknown fields are dropped. */
const lenient = Object.fromEntries(
  factTypes.map((type) => [type, FACT_DATA[type].strip()]),
) as unknown as Record<FactType, ZodType<Record<string, unknown>>>;

function factData(view: FactView, signUrl: SignUrl): Record<string, unknown> {
  if (view.message !== undefined) {
    const failure = failureSchema.safeParse(view.data.failure).data;
    return { message: presentMessage(view.message, signUrl), ...(failure === undefined ? {} : { failure }) };
  }
  if (view.note !== undefined) return { note: presentNote(view.note) };
  return lenient[view.type].parse(view.data);
}
