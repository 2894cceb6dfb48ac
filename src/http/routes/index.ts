import type { Route } from '../route.js';
import { agents } from './agents.js';
import { connectionAgents } from './connection-agents.js';
import { connections } from './connections.js';
import { conversations } from './conversations.js';
import { deliveries } from './deliveries.js';
import { events } from './events.js';
import { files } from './files.js';
import { inboundEvents } from './inbound-events.js';
import { keys } from './keys.js';
import { messages } from './messages.js';
import { publications } from './publications.js';
import { session } from './session.js';
import { ticketLinks } from './ticket-links.js';
import { workspace } from './workspace.js';

/** Every route of the API: the router and its description are both made of this. */
export const routes: readonly Route[] = [
  ...conversations,
  ...messages,
  ...ticketLinks,
  ...publications,
  ...files,
  ...events,
  ...deliveries,
  ...inboundEvents,
  ...session,
  ...connections,
  ...connectionAgents,
  ...workspace,
  ...agents,
  ...keys,
];
