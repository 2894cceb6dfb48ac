import { addMessage } from './add-message.js';
import { answerAsBot, giveToHumans, greetAsBot } from './answer-as-bot.js';
import { emit } from './emit.js';
import { fetchFile } from './fetch-file.js';
import type { Contact, Conversation, Message, MessageFile, Origin } from './rows.js';
import { startConversation } from './start-conversation.js';
import { messagePayload } from './webhook-events.js';
import type { World } from './world.js';

export interface VisitorWords {
  text?: string;
  file?: MessageFile;
  isVoice?: boolean;
  clientId?: string;
}

function record(world: World, conversation: Conversation, words: VisitorWords): Message {
  const message = addMessage(world, conversation, {
    from: 'visitor',
    type: words.file ? (words.isVoice ? 'voice' : 'file') : 'text',
    ...(words.text === undefined ? {} : { text: words.text }),
    ...(words.file ? { file: words.file } : {}),
    ...(words.clientId ? { clientId: words.clientId } : {}),
  });
  void emit(world, conversation.id, 'message', messagePayload(message, true));
  if (words.file?.state === 'fetching') void fetchFile(world, message);
  return message;
}

export interface Arrival {
  contact: Contact;
  origin: Origin;
  channel: 'WEB' | 'API';
  words?: VisitorWords;
  /** Past the bot, straight to the people. */
  human?: boolean;
  variables?: Conversation['variables'];
}

/** Somebody opens the chat. */
export function arriveAsVisitor(
  world: World,
  arrival: Arrival,
): { conversation: Conversation; message?: Message } {
  const { words, variables, human, ...rest } = arrival;
  const conversation = startConversation(world, { ...rest, ...(variables ? { variables } : {}) });
  const message = words && record(world, conversation, words);
  if (human) giveToHumans(world, conversation);
  else if (words?.text !== undefined) void answerAsBot(world, conversation, words.text);
  else void greetAsBot(world, conversation);
  return { conversation, ...(message ? { message } : {}) };
}

/** The visitor says something. On a closed conversation it starts the next one. */
export function writeAsVisitor(
  world: World,
  conversation: Conversation,
  words: VisitorWords,
): { conversation: Conversation; message: Message } {
  const contact = world.records.contacts.get(conversation.contactKey);
  if (conversation.status === 'closed' && contact) {
    const channel = conversation.channel === 'API' ? 'API' : 'WEB';
    const started = startConversation(world, { contact, channel, origin: conversation.origin });
    const message = record(world, started, words);
    void answerAsBot(world, started, words.text ?? '');
    return { conversation: started, message };
  }
  const message = record(world, conversation, words);
  if (conversation.assignee.type === 'bot') void answerAsBot(world, conversation, words.text ?? '');
  return { conversation, message };
}
