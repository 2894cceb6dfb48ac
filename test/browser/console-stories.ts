import type { Author } from '../../src/contract/index.js';
import { type ConsoleWorld, createConsoleWorld } from './console-world.js';

const bot: Author = { type: 'bot', name: 'Nordlys bot' };
const ada: Author = { type: 'agent', name: 'Ada Lindqvist', email: 'ada@example.com' };
const ben: Author = { type: 'agent', name: 'Ben Okafor', email: 'ben@example.com' };
const contact = (name: string): Author => ({ type: 'contact', name });
const mine = { type: 'agent', email: 'ada@example.com', name: 'Ada Lindqvist' } as const;
const bens = { type: 'agent', email: 'ben@example.com', name: 'Ben Okafor' } as const;

/** A morning at the desk, with everything a thread can show. `main` is the conversation that shows most of it. */
export function tellStories(): { world: ConsoleWorld; main: string; heldByBot: string; uncertain: string } {
  const world = createConsoleWorld();
  const old = world.open({ name: 'Emil Sørensen', email: 'emil@example.org' }, { channel: 'Email' });
  world.say(old, contact('Emil Sørensen'), 'Thanks, the tent arrived today. All good!');
  world.mark(old, { status: 'closed', closedAt: new Date().toISOString() }, 'conversation.closed', {
    by: 'ben@example.com',
  });

  const main = world.open(
    {
      name: 'Maria Fernández',
      email: 'maria.fernandez@example.com',
      phone: '+34 600 123 456',
      variables: { city: 'Bilbao', language: 'Spanish' },
    },
    { channel: 'WhatsApp', variables: { order: 'NO-48213', reason: 'Delivery' } },
  );
  world.say(main, bot, 'Hi, I am the Nordlys bot. What is it about?', {
    kind: 'buttons',
    buttons: [{ title: 'My order' }, { title: 'Returns' }, { title: 'Something else' }],
  });
  world.wait(1);
  world.say(main, contact('Maria Fernández'), 'My order');
  world.say(
    main,
    contact('Maria Fernández'),
    'It is NO-48213. The jacket was meant for Saturday and tracking has not moved since Monday 😟',
  );
  world.wait(2);
  world.say(main, bot, 'I will find somebody who can help.');
  world.put(main, { type: 'team', team: 'Deliveries' });
  world.wait(19);
  world.mark(
    main,
    {
      sla: {
        name: 'First reply',
        target: '15 minutes',
        breachedAt: new Date(Date.now() - 24 * 3_600_000).toISOString(),
      },
    },
    'sla.breached',
    { name: 'First reply', target: '15 minutes', breachedAt: new Date().toISOString() },
  );
  world.note(
    main,
    ben,
    'Carrier says the parcel is stuck in Vitoria. I asked for a new one to be sent from Bilbao; claim is at https://carrier.example/claims/8841.',
  );
  world.wait(3);
  world.put(main, mine, 'ada@example.com');
  world.mark(main, { labels: ['delivery', 'vip'] }, 'labels.changed', { labels: ['delivery', 'vip'] });
  world.mark(
    main,
    {
      ticketLinks: [
        {
          connectionId: 'con_2',
          externalTicketId: '48213',
          conversationId: main,
          url: 'https://nordlys.zendesk.com/agent/tickets/48213',
          ticketStatus: 'open',
          createdAt: new Date().toISOString(),
        },
      ],
    },
    'ticket.linked',
    { connectionId: 'con_2', externalTicketId: '48213' },
  );
  const hello = world.say(
    main,
    ada,
    'Hello Maria, this is Ada. I am sorry about this: the parcel has been stuck in Vitoria since Monday. A new jacket leaves Bilbao this afternoon and is with you tomorrow before noon.',
    { direction: 'out', deliveryId: 'dlv_a' },
  );
  const ask = world.say(main, ada, 'Would you like it at the same address?', {
    direction: 'out',
    deliveryId: 'dlv_b',
  });
  world.become(hello.id, 'message.read', {
    state: 'sent',
    sentAt: new Date().toISOString(),
    deliveredAt: new Date().toISOString(),
    readAt: new Date().toISOString(),
  });
  world.become(ask.id, 'message.delivered', {
    state: 'sent',
    sentAt: new Date().toISOString(),
    deliveredAt: new Date().toISOString(),
  });
  world.wait(23 * 60);
  world.say(
    main,
    contact('Maria Fernández'),
    'Yes please. This is what the box of the first one looked like in the photo:',
    { attachments: [{ kind: 'image', url: 'https://pictures.example/box.jpg', name: 'box.jpg' }] },
  );
  world.say(main, contact('Maria Fernández'), '', {
    kind: 'file',
    attachments: [
      {
        kind: 'file',
        url: 'https://files.example/receipt%20NO-48213.pdf',
        name: 'receipt NO-48213.pdf',
        contentType: 'application/pdf',
        sizeBytes: 184_213,
      },
    ],
  });

  const uncertain = world.open({ name: 'Jonas Weber', phone: '+49 151 0000000' }, { channel: 'SMS' });
  world.say(uncertain, contact('Jonas Weber'), 'Is the shop in Hamburg open on Sunday?');
  world.put(uncertain, mine, 'ada@example.com');
  const unsure = world.say(uncertain, ada, 'Yes, from 12 to 17 h.', {
    direction: 'out',
    deliveryId: 'dlv_u',
  });
  world.become(unsure.id, 'message.uncertain', {
    state: 'uncertain',
    failure: { code: 'timeout', message: 'No answer within 20 s' },
  });
  const failed = world.say(uncertain, ada, 'And on Monday from 10.', {
    direction: 'out',
    deliveryId: 'dlv_f',
  });
  world.become(failed.id, 'message.failed', {
    state: 'failed',
    failure: { code: 'number_unreachable', message: 'The number cannot be reached' },
  });
  const slow = world.say(uncertain, ada, 'You can also book a visit on our page.', {
    direction: 'out',
    deliveryId: 'dlv_s',
  });
  world.become(slow.id, 'message.delayed', {
    state: 'queued',
    failure: { code: 'unavailable', message: 'WotNot does not answer; next try at 14:20' },
  });
  world.wait(30);

  const arabic = world.open({ name: 'ليلى حداد' }, { channel: 'WhatsApp', assignee: { type: 'nobody' } });
  world.say(arabic, contact('ليلى حداد'), 'مرحبا، هل يمكنني إرجاع حذاء المشي إذا كان المقاس غير مناسب؟');
  const flagged = world.open({ name: 'Tom Ashworth' }, { channel: 'Web', assignee: bens });
  world.say(flagged, contact('Tom Ashworth'), 'ok');
  world.say(flagged, contact('Tom Ashworth'), 'ok', { flags: ['possibleRepeat'] });
  world.wait(20);

  const heldByBot = world.open({ name: 'Priya Raman', email: 'priya@example.in' }, { channel: 'Web' });
  world.say(heldByBot, bot, 'Hi! Ask me anything about sizes, orders and returns.');
  world.say(heldByBot, contact('Priya Raman'), 'Do the Fjell boots run small? I am between 39 and 40.');
  world.say(
    heldByBot,
    bot,
    'Most people take one size up for thick socks. Shall I show you the size guide?',
    { links: [{ url: 'https://nordlys.example/size-guide', title: 'Size guide' }] },
  );
  world.wait(300);
  return { world, main, heldByBot, uncertain };
}
