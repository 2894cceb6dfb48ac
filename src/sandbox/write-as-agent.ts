import { addMessage, type NewMessage } from './add-message.js';
import { emit } from './emit.js';
import { fetchFile } from './fetch-file.js';
import type { Conversation, Message } from './rows.js';
import { messagePayload, receiptPayload } from './webhook-events.js';
import type { World } from './world.js';

export interface Echo {
  message: Message;
  /** Ends when the echo has reached the bridge, for whoever must answer after it. */
  delivered: Promise<void>;
}

/**
 * What an agent says, through the API or WotNot's own screen. It comes back to the bridge as a `message` event, the
 * echo, after the API's answer unless a fault says otherwise.
 */
export function writeAsAgent(
  world: World,
  conversation: Conversation,
  message: Omit<NewMessage, 'from'>,
  answered: Promise<void> | undefined,
): Echo {
  const added = addMessage(world, conversation, { ...message, from: 'agent' });
  if (added.file?.state === 'fetching') void fetchFile(world, added);
  const occasion = { operations: ['send-message'], conversationId: conversation.id };
  const { faults, timers } = world;
  const withId = !faults.strike(['echo-without-id'], occasion);
  const payload = messagePayload(added, withId);
  const echo = (gate?: Promise<void>) =>
    emit(world, conversation.id, 'message', payload, gate ? { gate } : {}).then(() =>
      reportReceipt(world, added),
    );
  const timing = faults.strike(['echo-none', 'echo-delay', 'echo-first'], occasion);
  if (timing?.do === 'echo-none') return { message: added, delivered: Promise.resolve() };
  if (timing?.do === 'echo-delay') {
    timers.after(timing.ms, () => void echo());
    return { message: added, delivered: Promise.resolve() };
  }
  if (timing?.do === 'echo-first') return { message: added, delivered: echo() };
  void echo(answered);
  return { message: added, delivered: Promise.resolve() };
}

/** Where no page reports for the visitor, a message has arrived as soon as it was sent. */
function reportReceipt(world: World, message: Message): void {
  const current = world.records.messages.get(message.id);
  if (!current || world.timers.stopped || current.receipt !== 'delivered') return;
  void emit(world, message.conversationId, 'message_status', receiptPayload(current, world.now()));
}
