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
  const occasion = { operations: ['send-message'], conversationId: conversation.id };
  const { faults, timers } = world;
  const fails = faults.strike(['undeliverable'], occasion) !== undefined;
  const added = addMessage(world, conversation, {
    ...message,
    from: 'agent',
    ...(fails ? { receipt: 'failed' } : {}),
  });
  const fetched = added.file?.state === 'fetching' ? fetchFile(world, added) : Promise.resolve();
  const withId = !faults.strike(['echo-without-id'], occasion);
  const payload = messagePayload(added, withId);
  const echo = (gate?: Promise<void>) => {
    const echoed = emit(world, conversation.id, 'message', payload, gate ? { gate } : {});
    void Promise.all([echoed, fetched]).then(() => reportReceipt(world, conversation, added));
    return echoed;
  };
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

/**
 * What the channel says of it. Where a page reports for the visitor it is left to that, and what became of a file to
 * whoever fetches it.
 */
function reportReceipt(world: World, { origin }: Conversation, message: Message): void {
  const current = world.records.messages.get(message.id);
  if (!current || world.timers.stopped) return;
  const isTold = current.receipt === 'failed' ? current.file?.state === 'failed' : origin === 'page';
  if (isTold || (current.receipt !== 'failed' && current.receipt !== 'delivered')) return;
  void emit(world, message.conversationId, 'message_status', receiptPayload(current, world.now()));
}
