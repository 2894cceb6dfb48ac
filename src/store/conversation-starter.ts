import type { ConversationChange } from './conversation-change.js';
import { type ConversationNaming, createConversationNaming } from './conversation-naming.js';
import { createConversationWriter } from './conversation-writer.js';
import type { Database } from './database.js';
import { createNudges, type Nudges, type NudgeTopics } from './nudges.js';
import type { WorkspaceScope } from './scope.js';
import { createTicketLinks, type LinkOutcome, type NewTicketLink } from './ticket-links.js';

export type LinkRefusal = Exclude<LinkOutcome, { outcome: 'linked' }>;

export type StartOutcome =
  | { outcome: 'started' }
  /** There is a conversation of that id already: the request is a repeat. */
  | { outcome: 'known' }
  /** Nothing was started, as its ticket cannot be linked to it. */
  | { outcome: 'not_linked'; because: LinkRefusal };

export interface ConversationStarter extends ConversationNaming {
  /** A new conversation, what it owes and its ticket's link: all of it, or nothing. */
  start(scope: WorkspaceScope, change: ConversationChange, link?: NewTicketLink): Promise<StartOutcome>;
}

class NotStarted extends Error {
  override readonly name = 'NotStarted';
  readonly outcome: StartOutcome;

  constructor(outcome: StartOutcome) {
    super('not started');
    this.outcome = outcome;
  }
}

export function createConversationStarter(database: Database, nudges: Nudges): ConversationStarter {
  return {
    ...createConversationNaming(database, nudges),
    async start(scope, change, link) {
      const later = holdNudges();
      try {
        await database.prisma.$transaction(async (transaction) => {
          const within = { prisma: transaction };
          const [written] = await createConversationWriter(within, later.nudges).write([change]);
          if (written !== true) throw new NotStarted({ outcome: 'known' });
          if (link === undefined) return;
          const linked = await createTicketLinks(within, later.nudges).link(scope, link);
          if (linked.outcome !== 'linked') throw new NotStarted({ outcome: 'not_linked', because: linked });
        });
      } catch (error) {
        if (error instanceof NotStarted) return error.outcome;
        throw error;
      }
      later.sendTo(nudges);
      return { outcome: 'started' };
    },
  };
}

/** Nudges that wait for the commit. */
function holdNudges(): { nudges: Nudges; sendTo(nudges: Nudges): void } {
  const held = createNudges();
  const facts: NudgeTopics['facts'][] = [];
  const delivery: NudgeTopics['delivery'][] = [];
  held.on('facts', (items) => facts.push(...items));
  held.on('delivery', (items) => delivery.push(...items));
  return {
    nudges: held,
    sendTo(nudges) {
      nudges.send('facts', facts);
      nudges.send('delivery', delivery);
    },
  };
}
