import { principalKey } from '../access/principal.js';
import type { ErrorCode, ErrorDetail } from '../contract/errors.js';
import {
  presentConversation,
  presentDelivery,
  presentMessage,
  presentNote,
  presentTicketLink,
} from '../contract/present/index.js';
import type { OutputOf } from '../contract/json-schema.js';
import type { COMMANDS, CommandAnswers, CommandName } from '../contract/socket.js';
import type { DeskAnswer } from '../desk/desk.js';
import { type Listener, workspaceOf } from './listener.js';
import type { GatewayDeps } from './ports.js';
import { presentFacts } from './present-facts.js';
import type { ConversationWatchers } from './watch-conversations.js';

export type Carried<T> =
  | { outcome: 'done'; value: T }
  | {
      outcome: 'refused';
      code: ErrorCode;
      message: string;
      details?: ErrorDetail[] | Record<string, unknown>;
    };

export type CarryOut = {
  [N in CommandName]: (
    listener: Listener,
    input: OutputOf<(typeof COMMANDS)[N]>,
  ) => Promise<Carried<CommandAnswers[N]>>;
};

const WATCHED_FACTS = 200;
const LAST = 2_147_483_647;

/** What each command does, a verb each. The rights were judged before; the desk judges what it is about. */
export function createCarryOut(
  deps: Pick<GatewayDeps, 'desk' | 'access' | 'signUrl' | 'telemetry'>,
  watchers: ConversationWatchers,
): CarryOut {
  const { desk } = deps;
  return {
    async 'conversation:watch'(listener, { conversationId, after }) {
      const { principal } = listener;
      const reading = await desk.readConversation(principal, conversationId);
      if (reading.outcome === 'refused') return reading;
      // Watched before the facts are read: what comes in between is in the feed.
      if (listener.socket.connected) watchers.watch(listener, conversationId);
      const range = after === undefined ? { after: 0, before: LAST } : { after };
      const events = await desk.listEvents(principal, conversationId, { ...range, limit: WATCHED_FACTS });
      if (events.outcome === 'refused') return events;
      const { conversation, ticketLinks } = reading.value;
      const facts = presentFacts(deps, principal.scope, events.value);
      return done({ conversation: presentConversation(conversation, ticketLinks), facts });
    },
    async 'conversation:unwatch'(listener, { conversationId }) {
      watchers.unwatch(listener, conversationId);
      return done({});
    },
    async 'message:send'({ principal }, { conversationId, message, idempotencyKey }) {
      const answer = await desk.reply(principal, conversationId, message, idempotencyKey);
      const sign = (fileId: string, name: string): string => deps.signUrl(principal.scope, fileId, name);
      return mapped(answer, (view) => ({ message: presentMessage(view, sign) }));
    },
    async 'note:add'({ principal }, { conversationId, note, idempotencyKey }) {
      const answer = await desk.addNote(principal, conversationId, note, idempotencyKey);
      return mapped(answer, (view) => ({ note: presentNote(view) }));
    },
    async 'conversation:assign'({ principal }, { conversationId, to }) {
      return desk.assign(principal, conversationId, to);
    },
    async 'conversation:close'({ principal }, { conversationId, by }) {
      return desk.close(principal, conversationId, { by });
    },
    async 'variables:set'({ principal }, { conversationId, variables }) {
      return desk.setVariables(principal, conversationId, variables);
    },
    async 'ticket:link'({ principal }, link) {
      const answer = await desk.linkTicket(principal, link);
      return mapped(answer, (value) => ({ ticketLink: presentTicketLink(value.link) }));
    },
    async 'delivery:resolve'({ principal }, { deliveryId, ...resolution }) {
      const answer = await desk.resolveDelivery(principal, deliveryId, resolution);
      return mapped(answer, (view) => ({ delivery: presentDelivery(view) }));
    },
    async 'typing:start'(listener, { conversationId }) {
      const { principal } = listener;
      if (principal.type !== 'agent') return refused('agent_required', 'Only an agent types.');
      if (!watchers.isWatching(listener, conversationId)) {
        return refused('not_found', 'Watch the conversation first.');
      }
      const agent = { email: principal.email, name: principal.name };
      for (const other of watchers.others(listener, conversationId)) {
        // Worth nothing a moment later: a socket that is busy does without.
        other.socket.volatile.emit('typing', { conversationId, agent });
      }
      return done({});
    },
    async 'session:renew'(listener, { token }) {
      const answer = await deps.access.authenticate(token);
      if (answer.outcome === 'refused') return refused('token_invalid', 'The token is not valid.');
      const { principal } = answer;
      const isSame =
        principal.scope.workspaceId === workspaceOf(listener) &&
        principalKey(principal) === principalKey(listener.principal);
      if (!isSame || principal.type !== 'agent')
        return refused('forbidden', 'The token is not of this agent.');
      listener.token = token;
      listener.principal = principal;
      return done({ expiresAt: principal.expiresAt.toISOString() });
    },
  };
}

const done = <T>(value: T): Carried<T> => ({ outcome: 'done', value });
const refused = (code: ErrorCode, message: string): Carried<never> => ({ outcome: 'refused', code, message });

function mapped<T, U>(answer: DeskAnswer<T>, present: (value: T) => U): Carried<U> {
  return answer.outcome === 'done' ? done(present(answer.value)) : answer;
}
