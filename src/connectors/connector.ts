import type { DeskCapabilities } from './desk-capabilities.js';
import type { ChatFact } from '../domain/chat-fact.js';
import type { DeskFact, TicketFile } from '../domain/desk-fact.js';
import type { DeskOrder } from '../domain/desk-order.js';
import type { KnownTemplate } from '../domain/known-template.js';
import type { ChatOrder } from '../domain/order.js';
import type { TicketState } from '../domain/ticket.js';

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
  /** What it says, without what two tellings of it may differ in. A later one of the same identity that says
   * something else is kept for a person to judge. Missing: the identity is enough. */
  says?: string;
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
  /** Something has happened in these tickets: look there. An empty list: look at the whole account. */
  | { outcome: 'hint'; externalTicketIds: string[]; answer: WebhookAnswer }
  | { outcome: 'not_authentic' }
  | { outcome: 'malformed'; status: 400 | 413 | 415; code: string; message: string };

/** What the verifier of a chat side may know of the connection: never the token itself. */
export interface WebhookSecrets {
  /** SHA-256 (hex) of the live tokens; two while one is being replaced. */
  tokenHashes: readonly string[];
}

/** What the verifier of a desk must know: a signature cannot be checked without what made it. */
export interface DeskWebhookSecrets {
  /** What webhooks are signed with, newest first; two while one is being replaced. */
  signingSecrets: readonly string[];
  /** The connection's settings, as `parseSettings` has left them. */
  settings: Readonly<Record<string, unknown>>;
  now: Date;
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
  /**
   * What its calls are for, where the desk limits them. order, look, poll (a look by the clock): told to come again when
   * there is no room for it, in this sequence; missing: somebody waits for it, and it waits.
   */
  calls?: 'order' | 'look' | 'poll';
  /**
   * Replaces credentials that the outside renews (OAuth). One at a time for the connection over all
   * processes: `renew` is given what is stored now, which another may have renewed meanwhile, and answers
   * what shall be stored, or undefined for no change. @returns the credentials as they are stored then
   */
  renewCredentials?(
    renew: (current: Record<string, unknown>) => Promise<Record<string, unknown> | undefined>,
  ): Promise<Record<string, unknown>>;
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

/** An attempt has its time: it is asked at the wire whether that is over. */
interface Departing extends SendContext {
  /**
   * Asked before the first byte of each call leaves, as late as the connector can; one that cannot tell asks at once.
   * False: it is too late, somebody else may be at this order by now; nothing is sent, and the call is one to be
   * tried again. As long as it was not asked, it is certain that the far side has seen nothing of the order.
   */
  leaving(): boolean;
}

export type ChatSendContext = Departing;

/** What became of one attempt. `message` is for people and holds no secret and no customer's words. */
export type SendOutcome =
  | {
      outcome: 'delivered';
      externalId?: string;
      mended?: boolean;
      /** Why the contact has got a link where a file was meant. */
      linked?: { code: string; message: string };
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

/** What every connector does, whatever its side. Everything vendor-specific ends here. */
interface AnyConnector {
  name: string;
  /** Refuses, with the field's name, what cannot work. Throws a ZodError. */
  parseSettings(settings: unknown): Record<string, unknown>;
  parseCredentials(credentials: unknown): Record<string, unknown>;
  /** The settings that say which account it is: once there is a history they stay. */
  accountSettings?: readonly string[];
  /** The people of the account; missing where the outside does not tell. */
  listAgents?(account: Account): Promise<({ outcome: 'listed' } & AccountPeople) | FailedSend>;
  /** Looks whether the account is usable and says what is missing. */
  check(account: Account): Promise<CheckFinding[]>;
}

/** One kind of system where contacts write. */
export interface ChatConnector extends AnyConnector {
  side: 'chat';
  /** Verifies and splits a webhook. Pure. */
  receive(request: WebhookRequest, secrets: WebhookSecrets): WebhookVerdict;
  /** Makes facts of a recorded event. Pure, and total: it never throws. */
  read(event: RecordedEvent): Reading;
  /** One attempt at one order. Never throws: what happened is in the outcome. */
  send(
    order: ChatOrder,
    target: OrderTarget,
    account: Account,
    context: ChatSendContext,
  ): Promise<SendOutcome>;
  /** Tells the outside where to send its webhooks. Gives up after a minute, and once the signal ends it. */
  register(
    account: Account,
    webhookUrl: string,
    token: string,
    signal?: AbortSignal,
  ): Promise<RegisterOutcome>;
  /** The templates that agents may pick, as the settings name them. Pure. */
  templatesOf?(settings: Readonly<Record<string, unknown>>): KnownTemplate[];
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
}

export type { DeskCapabilities } from './desk-capabilities.js';

/** The ticket that an order is about. `externalTicketId` is missing for `create-ticket` alone. */
export interface TicketTarget {
  conversationId: string;
  externalTicketId?: string;
}

export interface DeskSendContext extends Departing {
  /** The bytes of a file of ours. Rejects when it is gone. */
  readFile(fileId: string): Promise<Buffer>;
  /** A link that carries a file for those who cannot have it as a file; it ends after a while. */
  fileLink(fileId: string, name: string): string;
}

/** A ticket as the desk names it. `url` is for people. */
export interface TicketName {
  externalTicketId: string;
  url?: string;
}

export type DeskSendOutcome = {
  /** How many of the ticket's `ticketBudget` it took, whatever became of it; one, when it is missing, and none of what was paced. */
  ticketWrites?: number;
} & (
  | {
      outcome: 'delivered';
      /** The desk's ids of what was written, as far as it tells: they never come back as news. */
      writtenIds: string[];
      /** The ticket that was created, or to which the words went instead of one that is closed for good. */
      ticket?: TicketName;
      /** The ticket's state after it, as far as the answer tells or the order sets it. */
      state?: TicketState;
    }
  /** There is no such ticket any more. */
  | { outcome: 'ticket_gone'; code: string; message: string; mergedInto?: string }
  | Exclude<SendOutcome, { outcome: 'delivered' }>
);

export interface FindContext extends SendContext {
  /** When the attempt began, a few seconds early. */
  since: Date;
  /** Which of these ids another order has written: an equal text among them is not this one. */
  knownIds(externalIds: string[]): Promise<ReadonlySet<string>>;
}

/** Whether an order whose answer was lost has arrived. unknown: ask again later. */
export type FindOutcome =
  | Extract<DeskSendOutcome, { outcome: 'delivered' }>
  | { outcome: 'absent' }
  | { outcome: 'unknown' }
  | Extract<SendOutcome, { outcome: 'retry' | 'credential' }>;

export interface FetchContext {
  signal: AbortSignal;
}

/**
 * Where the bridge has got to in a ticket or an account: the connector's own, JSON, small. What a connector has
 * told of a ticket's state it keeps as `state`: without it, the state is told again, as an event of its own.
 */
export type FetchCursor = Record<string, unknown>;

export type TicketFetch =
  | {
      outcome: 'fetched';
      /** In the order in which they happened, each with the desk's id in `identity` (`identityBy: 'id'`). */
      events: SplitEvent[];
      cursor: FetchCursor;
      /** More is there than fitted: come again at once. */
      more: boolean;
    }
  | FailedSend;

export type ChangedTickets =
  | { outcome: 'fetched'; externalTicketIds: string[]; cursor: FetchCursor; more: boolean }
  | FailedSend;

export type FileFetch =
  | { outcome: 'fetched'; bytes: Buffer; contentType?: string }
  /** The desk answers, and the file is not there yet: try again for a minute. */
  | { outcome: 'later'; message: string }
  /** Nothing is known of the file, as the desk is down or busy, or refuses us: try again for as long as that lasts. */
  | { outcome: 'not_now'; message: string }
  /** It will not be there, whenever it is asked for. */
  | { outcome: 'unavailable'; message: string };

/** What the outside has been told, and what of it must be kept. */
export type RegisterOutcome =
  | {
      outcome: 'delivered';
      /** Secrets that a desk signs its webhooks with, where it makes them itself. */
      signingSecrets?: string[];
      /** Settings to keep: ids of what was created there, names under which events were subscribed. */
      settings?: Record<string, unknown>;
      /** What the outside would not take of it, for people. */
      notice?: string;
    }
  /** The outside has no way to be told: its administrator enters the webhook, as the message says. */
  | { outcome: 'by_hand'; message: string }
  | FailedSend;

/** Where a person lets the bridge in, and what must be kept until they come back with a code. */
export interface AuthorisationBegun {
  url: string;
  /** Comes back with the code; another one is somebody else's. */
  state: string;
  /** Proves to the outside that the code was asked for here. Secret. */
  verifier: string;
}

/**
 * One kind of helpdesk. A webhook is a hint; a fetch since the cursor is the truth, and both end in one
 * ledger. Where a desk cannot be asked (`capabilities.fetches` false), its webhooks carry events.
 */
export interface DeskConnector extends AnyConnector {
  side: 'desk';
  /** Verifies a webhook, and splits it where it carries events. Pure. */
  receive(request: WebhookRequest, secrets: DeskWebhookSecrets): WebhookVerdict;
  capabilities: DeskCapabilities;
  /** Makes facts of a recorded event: of `fetchTicket`'s or, without fetching, of a webhook's. Pure and total. */
  read(
    event: RecordedEvent,
    settings: Readonly<Record<string, unknown>>,
  ): { outcome: 'facts'; facts: DeskFact[] } | { outcome: 'unrecognised'; reason: string };
  /** One attempt at one order. Never throws. */
  send(
    order: DeskOrder,
    target: TicketTarget,
    account: Account,
    context: DeskSendContext,
  ): Promise<DeskSendOutcome>;
  /** After an attempt since `since` whose answer was lost. Never throws. */
  find(order: DeskOrder, target: TicketTarget, account: Account, context: FindContext): Promise<FindOutcome>;
  /** What has happened in a ticket since the cursor; null: since it was created. Never throws. */
  fetchTicket(
    account: Account,
    externalTicketId: string,
    cursor: FetchCursor | null,
    context: FetchContext,
  ): Promise<TicketFetch>;
  /** Which tickets have changed since the cursor; null: begin now, and answer none. Never throws. */
  listChanged(account: Account, cursor: FetchCursor | null, context: FetchContext): Promise<ChangedTickets>;
  /** The bytes of a file of a ticket. Never throws. */
  fetchFile(
    file: TicketFile,
    account: Account,
    context: FetchContext & { maxBytes: number },
  ): Promise<FileFetch>;
  /**
   * Tells the desk where to send its webhooks. `secret` is ours, for desks that take one. Gives up after a minute,
   * and once the signal ends it.
   */
  register(
    account: Account,
    webhookUrl: string,
    secret: string,
    signal?: AbortSignal,
  ): Promise<RegisterOutcome>;
  /** Where the outside wants a person to let the bridge in (OAuth with a code). */
  beginAuthorisation?(account: Account): { outcome: 'begun'; begun: AuthorisationBegun } | FailedSend;
  /** The credentials with which the account can be used, to be kept at once. */
  finishAuthorisation?(
    account: Account,
    brought: { code: string; verifier: string },
  ): Promise<{ outcome: 'authorised'; credentials: Record<string, unknown> } | FailedSend>;
  listTeams?(
    account: Account,
  ): Promise<{ outcome: 'listed'; teams: { name: string; externalId: string }[] } | FailedSend>;
}

export type Connector = ChatConnector | DeskConnector;
