import type { ChatFact } from '../domain/chat-fact.js';
import type { Side } from '../domain/conversation.js';
import type { ChatOrder } from '../domain/order.js';

/** A webhook as it came over the wire. Header names are lower case; the body is raw. */
export interface WebhookRequest {
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
}

/** One fact of a webhook, told apart and not yet understood. */
export interface SplitEvent {
  /** The outside's own word for what it is. */
  kind: string;
  /** The outside's id of the conversation; '' when it has none. Events of one lane keep their order. */
  laneKey: string;
  /** What makes it this event and no other. */
  identity: string;
  /** id, time: a repeat is a repeat for ever · content: nothing told it apart but its words, so an equal
   * one counts as a repeat only shortly after. */
  identityBy: 'id' | 'time' | 'content';
  /** As it came, its token removed and made storable. */
  payload: Record<string, unknown>;
  /** cleaned: NUL or lone surrogates were replaced. */
  flags: 'cleaned'[];
  /** Set when it can be seen at once that nobody will be able to read it: it is parked. */
  unrecognised?: string;
}

/** `body` is sent back as JSON. */
export interface WebhookAnswer {
  status: number;
  body: Record<string, unknown>;
}

export type WebhookVerdict =
  | { outcome: 'events'; events: SplitEvent[]; answer: WebhookAnswer }
  | { outcome: 'handshake'; answer: WebhookAnswer }
  | { outcome: 'not_authentic' }
  | { outcome: 'malformed'; status: 400 | 413 | 415; code: string; message: string };

/** What the verifier may know of the connection: never the token itself. */
export interface WebhookSecrets {
  /** SHA-256 (hex) of the live tokens; two while one is being replaced. */
  tokenHashes: readonly string[];
}

/** An inbound event on its way back from the inbox. */
export interface RecordedEvent {
  kind: string;
  laneKey: string;
  payload: Record<string, unknown>;
}

export type Reading = { outcome: 'facts'; facts: ChatFact[] } | { outcome: 'unrecognised'; reason: string };

/** The account that a connection leads to, opened for one call. */
export interface Account {
  settings: Record<string, unknown>;
  credentials: Record<string, unknown>;
}

/** The conversation that an order is about. */
export interface OrderTarget {
  externalConversationId: string;
  /** Whether the conversation is, as far as we know, held by a bot. */
  heldByBot: boolean;
}

export interface SendContext {
  idempotencyKey: string;
  signal: AbortSignal;
}

/** What became of one attempt. `message` is for people and holds no secret and no customer's words. */
export type SendOutcome =
  | {
      outcome: 'delivered';
      externalId?: string;
      mended?: boolean;
      /** Of the conversation that the order has started. */
      externalConversationId?: string;
    }
  | { outcome: 'retry'; code: string; message: string; httpStatus?: number; retryAfterSeconds?: number }
  | { outcome: 'refused'; code: string; message: string; httpStatus?: number }
  | { outcome: 'credential'; code: string; message: string; httpStatus?: number }
  | { outcome: 'uncertain'; code: string; message: string; httpStatus?: number };

/** Who works in the outside account. */
export interface AccountAgent {
  /** Lower case. */
  email: string;
  name: string;
  role: string;
}

export interface AccountPeople {
  agents: AccountAgent[];
  /** What an invited agent can be. */
  roles: { id: string; name: string }[];
}

export type TrainingStatus = 'in-progress' | 'trained' | 'failed';

export type FailedSend = Exclude<SendOutcome, { outcome: 'delivered' }>;

export interface CheckFinding {
  ok: boolean;
  what: string;
  /** What to do about it. */
  hint?: string;
}

/** One kind of outside system. Everything vendor-specific ends here. */
export interface Connector {
  name: string;
  side: Side;
  /** Refuses, with the field's name, what cannot work. Throws a ZodError. */
  parseSettings(settings: unknown): Record<string, unknown>;
  parseCredentials(credentials: unknown): Record<string, unknown>;
  /** Verifies and splits a webhook. Pure. */
  receive(request: WebhookRequest, secrets: WebhookSecrets): WebhookVerdict;
  /** Makes facts of a recorded event. Pure, and total: it never throws. */
  read(event: RecordedEvent): Reading;
  /** One attempt at one order. Never throws: what happened is in the outcome. */
  send(order: ChatOrder, target: OrderTarget, account: Account, context: SendContext): Promise<SendOutcome>;
  /** Tells the outside where to send its webhooks. */
  register(account: Account, webhookUrl: string, token: string): Promise<SendOutcome>;
  /** The people of the account; missing where the outside does not tell. */
  listAgents?(account: Account): Promise<({ outcome: 'listed' } & AccountPeople) | FailedSend>;
  /** Asks somebody to join the account. The link, if there is one, lets them in. */
  inviteAgent?(
    account: Account,
    agent: { email: string; name: string; roleId: string },
  ): Promise<{ outcome: 'invited'; invitationLink?: string } | FailedSend>;
  /** How far a knowledge base has learnt what was published. */
  readTraining?(
    account: Account,
    externalSourceId: string,
  ): Promise<{ outcome: 'read'; status: TrainingStatus } | FailedSend>;
  /** Looks whether the account is usable and says what is missing. */
  check(account: Account): Promise<CheckFinding[]>;
}
