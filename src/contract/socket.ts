import { z } from 'zod';
import {
  addNoteSchema,
  assignSchema,
  closeSchema,
  linkTicketSchema,
  resolveDeliverySchema,
  sendMessageSchema,
  setVariablesSchema,
} from './commands.js';
import type { ErrorCode, ErrorDetail } from './errors.js';
import type { Fact } from './facts.js';
import type { Conversation, Delivery, Message, Note, TicketLink } from './resources.js';

/** What a client says as it connects. `cursor`: the last fact it has; without one it starts from now. */
export const handshakeAuthSchema = z.looseObject({
  token: z.string().min(1).max(512),
  cursor: z.string().min(1).max(512).optional(),
});

const conversationId = z.string().min(1).max(128);
/** With a key, a command repeated after a lost acknowledgement is carried out once. */
const idempotencyKey = z.string().min(1).max(200).optional();

/** Every command by its name; all are acknowledged. */
export const COMMANDS = {
  'conversation:watch': z.strictObject({ conversationId, after: z.int().min(0).optional() }),
  'conversation:unwatch': z.strictObject({ conversationId }),
  'message:send': z.strictObject({ conversationId, idempotencyKey, message: sendMessageSchema }),
  'note:add': z.strictObject({ conversationId, idempotencyKey, note: addNoteSchema }),
  'conversation:assign': z.strictObject({ conversationId, to: assignSchema }),
  'conversation:close': z.strictObject({ conversationId, ...closeSchema.shape }),
  'variables:set': z.strictObject({ conversationId, ...setVariablesSchema.shape }),
  'ticket:link': z.strictObject({
    connectionId: z.string().min(1).max(128),
    externalTicketId: z.string().min(1).max(200),
    ...linkTicketSchema.shape,
  }),
  'delivery:resolve': z.strictObject({
    deliveryId: z.string().min(1).max(128),
    ...resolveDeliverySchema.shape,
  }),
  'typing:start': z.strictObject({ conversationId }),
  /** A fresh token on a living connection, before the old one ends. */
  'session:renew': z.strictObject({ token: z.string().min(1).max(512) }),
} as const;

export type CommandName = keyof typeof COMMANDS;
export type CommandInput<N extends CommandName> = z.input<(typeof COMMANDS)[N]>;

export interface CommandAnswers {
  'conversation:watch': { conversation: Conversation; facts: Fact[] };
  'conversation:unwatch': Record<string, never>;
  'message:send': { message: Message };
  'note:add': { note: Note };
  'conversation:assign': { deliveryId: string };
  'conversation:close': { deliveryId: string };
  'variables:set': { deliveryId: string };
  'ticket:link': { ticketLink: TicketLink };
  'delivery:resolve': { delivery: Delivery };
  'typing:start': Record<string, never>;
  'session:renew': { expiresAt: string };
}

export type CommandAck<N extends CommandName> =
  | { ok: true; result: CommandAnswers[N] }
  | {
      ok: false;
      error: { code: ErrorCode; message: string; details?: ErrorDetail[] | Record<string, unknown> };
    };

export type ClientToServerEvents = {
  [N in CommandName]: (input: CommandInput<N>, ack: (answer: CommandAck<N>) => void) => void;
};

export interface ServerToClientEvents {
  /** One numbered fact; everything an agent's screen shows comes this way. */
  fact: (fact: Fact) => void;
  /** Everything up to `cursor` has been sent; what follows is live. */
  'caught-up': (state: { cursor: string }) => void;
  /** The cursor cannot be continued (too old, or the database was restored): fetch afresh. */
  'start-afresh': (state: { cursor: string }) => void;
  /** Not stored. */
  typing: (state: { conversationId: string; agent: { email: string; name: string } }) => void;
  /** The session ended or the agent was disabled; the connection closes next. */
  'signed-out': (state: { code: ErrorCode }) => void;
}
