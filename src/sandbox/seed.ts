import { saveContact } from './find-contact.js';
import { newKey } from './new-key.js';
import type { User } from './rows.js';
import { botId } from './webhook-events.js';
import type { World } from './world.js';

const users: Omit<User, 'status'>[] = [
  { id: 112_233, email: 'ada@fern.example', firstName: 'Ada', lastName: 'Fern', roleId: 99 },
  { id: 112_234, email: 'grace@fern.example', firstName: 'Grace', lastName: 'Moor', roleId: 100 },
  { id: 112_235, email: 'linus@fern.example', firstName: 'Linus', lastName: 'Birch', roleId: 100 },
  { id: 112_236, email: 'limited@fern.example', firstName: 'Lim', lastName: 'Ited', roleId: 100 },
];

/** What a new account holds: people, one bot at work, a contact who is blocked. */
export function seed(world: World): void {
  const { records } = world;
  if (records.users.size > 0 || records.bots.size > 0) return;
  for (const user of users) records.users.put(String(user.id), { ...user, status: 'active' });
  const at = world.now().toISOString();
  records.bots.put(String(botId), {
    id: botId,
    key: newKey(),
    previewKey: newKey(),
    title: 'Moss, the shop’s helper',
    channel: 'WEB',
    flow: { nodes: [{ id: 'greeting', type: 'message', text: 'Hello!' }], edges: [] },
    isDeployed: true,
    deployedAt: at,
    createdAt: at,
  });
  const { contact } = saveContact(world, { phone: '+15550000000', name: 'Blocked Contact' });
  records.contacts.put(contact.key, { ...contact, isBlocked: true });
}
