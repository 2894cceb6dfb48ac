import { addMessage } from './add-message.js';
import { assign, findTeam } from './assign.js';
import { emit } from './emit.js';
import type { Conversation } from './rows.js';
import { messagePayload } from './webhook-events.js';
import type { World } from './world.js';

interface Reply {
  text: string;
  buttons?: string[];
  handOver?: true;
}

const choices = ['Track my order', 'Opening hours', 'Plant care', 'Talk to a human'];

const greeting: Reply[] = [
  { text: 'Hello! I am Moss, the shop’s helper. 🌿' },
  { text: 'What can I do for you today?', buttons: choices },
];

const handOver: Reply[] = [
  { text: 'Of course. Somebody from the shop will be with you in a moment.', handOver: true },
];

/** What the bot understands, first match wins. */
const answers: [RegExp, Reply[]][] = [
  [/\b(human|agent|person|someone|somebody|representative)\b/i, handOver],
  [
    /\b(track|order|parcel|delivery|where is)\b/i,
    [
      {
        text: 'Your last order, FF-2041, left the nursery this morning. It should be with you tomorrow before noon. 📦',
      },
      { text: 'Anything else?', buttons: ['Opening hours', 'Plant care', 'Talk to a human'] },
    ],
  ],
  [
    /\b(hours|open|opening|when)\b/i,
    [
      { text: 'We are here Tuesday to Saturday, 9:00 to 18:00. On Sundays only the plants are awake.' },
      { text: 'Anything else?', buttons: ['Track my order', 'Plant care', 'Talk to a human'] },
    ],
  ],
  [
    /\b(care|water|plant|leaf|leaves|fern)\b/i,
    [
      {
        text: 'Most ferns like bright shade, moist soil and a daily misting. Brown tips usually mean dry air.',
      },
      { text: 'Anything else?', buttons: ['Track my order', 'Opening hours', 'Talk to a human'] },
    ],
  ],
  [/\b(thanks|thank you|bye)\b/i, [{ text: 'With pleasure. Grow well! 🌱' }]],
  [
    /\b(hi|hello|hey|good (morning|evening))\b/i,
    [{ text: 'Hello again! Pick a topic, or ask away.', buttons: choices }],
  ],
];

const puzzled: Reply[] = [
  { text: 'I am only a small bot and did not catch that. Shall I fetch somebody?', buttons: choices },
];

async function say(world: World, conversationId: string, replies: Reply[]): Promise<void> {
  for (const reply of replies) {
    const isPage = world.records.conversations.get(conversationId)?.origin === 'page';
    if (isPage && world.botTypingMs > 0) {
      world.feed.setTyping(conversationId, 'Moss');
      await world.timers.wait(world.botTypingMs);
      world.feed.setTyping(conversationId, null);
    }
    const conversation = world.records.conversations.get(conversationId);
    if (conversation?.status !== 'open' || conversation.assignee.type !== 'bot' || world.timers.stopped)
      return;
    const message = addMessage(world, conversation, {
      from: 'bot',
      type: reply.buttons ? 'buttons' : 'text',
      text: reply.text,
      ...(reply.buttons ? { buttons: reply.buttons } : {}),
    });
    void emit(world, conversationId, 'message', messagePayload(message, true));
    if (reply.handOver) giveToHumans(world, conversation);
  }
}

/** The bot steps back; the team on duty has the conversation, and nobody in particular. */
export function giveToHumans(world: World, conversation: Conversation): Conversation {
  return assign(world, conversation, findTeam('Support') ?? { type: 'nobody' }, null);
}

export function greetAsBot(world: World, conversation: Conversation): Promise<void> {
  return say(world, conversation.id, greeting);
}

export function answerAsBot(world: World, conversation: Conversation, text: string): Promise<void> {
  const found = answers.find(([pattern]) => pattern.test(text));
  return say(world, conversation.id, found ? found[1] : puzzled);
}
