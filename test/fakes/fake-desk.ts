import type { TicketStatus } from '../../src/domain/ticket.js';
import type { WebhookRequest } from '../../src/connectors/connector.js';

/** What a real desk behind the same interface has to ask for takes a moment. */
type Awaitable<T> = T | Promise<T>;

export interface FakeFile {
  name: string;
  contentType: string;
  bytes: Buffer;
}

/** One thing that stands in a ticket. */
export interface FakeEntry {
  externalId: string;
  /** api-user: in whose name the bridge calls. */
  author: { kind: 'contact' | 'agent' | 'api-user' | 'system'; email?: string; name?: string };
  visibility: 'public' | 'private';
  /** Plain text: what the desk keeps as markup is told as a reader sees it. */
  text: string;
  /** When it was said, where the desk is told so beside the text. */
  at?: string;
  files: FakeFile[];
}

/** A ticket as it lies in the desk, in our words where the suite compares. */
export interface FakeTicket {
  id: string;
  /** Our conversation's id, wherever the desk keeps it. */
  reference?: string;
  /** '' where the desk has none. */
  subject: string;
  status: TicketStatus;
  /** The status in the desk's own word. */
  vendorStatus: string;
  assigneeEmail?: string;
  team?: string;
  /** In the desk's own word. */
  priority?: string;
  tags: string[];
  contact: { name?: string; email?: string; phone?: string };
  /** The ticket that it follows. */
  follows?: string;
  /** Oldest first. */
  entries: FakeEntry[];
}

/** What one of the desk's people says. */
export interface FakeSaying {
  /** One of `agents`; any other is somebody of whom the desk knows no more than the address. */
  email: string;
  text: string;
  files?: FakeFile[];
  /** Now, when it is missing. */
  at?: Date;
}

/**
 * What goes wrong. `on`: create: the request that makes a ticket · write: one that changes a ticket that
 * exists · read: one that changes nothing · any: all of them.
 * `do`: refuse: the connection ends and nothing has been done · answer: this answer, and nothing has been
 * done · accept-then-drop: done, and the connection ends · accept-then-500: done, and the answer is 500 ·
 * slow: done and answered after `ms`.
 */
export interface Fault {
  on: 'create' | 'write' | 'read' | 'any';
  do: 'refuse' | 'answer' | 'accept-then-drop' | 'accept-then-500' | 'slow';
  status?: number;
  headers?: Record<string, string>;
  /** Sent as it is when it is a text, else as JSON. */
  body?: unknown;
  /** How many requests it meets; 1, when it is missing. */
  times?: number;
  /** How many it lets pass before. */
  skip?: number;
  ms?: number;
  /** It meets only requests that carry these bytes, as they are or as base64. */
  carrying?: Buffer;
}

/** Whether a fault is for a request of that body. */
export const isMetBy = ({ carrying }: Fault, body: Buffer): boolean =>
  carrying === undefined || body.includes(carrying) || body.includes(carrying.toString('base64'));

export interface WebhookHabits {
  /** Nothing goes out until it is set to false: then all of it. */
  hold?: boolean;
  /** How often each goes out. */
  repeat?: number;
  /** What was held goes out newest first. */
  reorder?: boolean;
}

export interface FakeWrite {
  /** Milliseconds since 1970. */
  at: number;
  ticketId: string;
  /** create · message · note · reply · status · assignee · priority · tags · … */
  kind: string;
}

/** A helpdesk on loopback that behaves, and misbehaves, as its vendor's does. */
export interface FakeDesk {
  url: string;
  /** What a connection needs to speak with it. */
  settings: Record<string, unknown>;
  credentials: Record<string, unknown>;
  /** People on the staff, two at least; the API user is none of them. */
  agents: readonly { email: string; name: string }[];
  /** Empty where the desk has none. */
  teams: readonly string[];
  /** Its own words; what is missing it does not know. */
  statusWords: Partial<Record<TicketStatus, string>>;
  priorityWords: Partial<Record<'low' | 'normal' | 'high' | 'urgent', string>>;
  /** What the settings may say of statuses that are not the standard ones, or not as usual; one of each at least. */
  ownStatuses: { statuses: Record<string, TicketStatus>; sets: Partial<Record<TicketStatus, string>> };
  /** How many entries of a ticket one read gives at most. */
  pageOf: number;
  /**
   * How its webhooks prove where they come from: signature-at: over time and body · signature: over the
   * body · header: a shared secret in a header, nothing more.
   */
  webhookProof: 'signature-at' | 'signature' | 'header';
  /** Whether the connector's `register` can make the webhook. */
  registers: boolean;
  /** Everything that a ticket has. Deleted ones are not there. */
  ticket(id: string): Awaitable<FakeTicket | undefined>;
  tickets(): Awaitable<FakeTicket[]>;
  agentReplies(ticketId: string, saying: FakeSaying): Promise<{ externalId: string }>;
  agentNotes(ticketId: string, saying: FakeSaying): Promise<{ externalId: string }>;
  /** Something of which cannot be told who may see it: the field is missing, or holds what nobody knows. */
  agentSaysOddly(ticketId: string, saying: FakeSaying): Promise<{ externalId: string }>;
  /** The contact writes in the desk itself (by e-mail, on its portal). */
  contactSays?(ticketId: string, text: string): Promise<{ externalId: string }>;
  setStatus(ticketId: string, vendorStatus: string, byEmail?: string): Promise<void>;
  assign(ticketId: string, email: string | null): Promise<void>;
  /** One of `teams` has it, and nobody of the team yet. */
  setTeam(ticketId: string, team: string): Promise<void>;
  setPriority(ticketId: string, vendorPriority: string): Promise<void>;
  deleteTicket(id: string): Promise<void>;
  /** Missing where tickets cannot be merged. */
  mergeTicket?(id: string, into: string): Promise<void>;
  /** How many calls it has refused as beyond a limit of its own; missing where it has none. */
  overLimit?(): number;
  /** No address of a file that was given so far answers any more; missing where none runs out. */
  expireAddresses?(): void;
  plant(fault: Fault): void;
  clearFaults(): void;
  /** Changes that it was asked for and took, in their order. */
  writes(): FakeWrite[];
  /** Where its webhooks go, and what proves them, as if somebody had entered it by hand. */
  webhookTo(url: string, secret: string): void;
  webhookHabits(habits: WebhookHabits): void;
  /** A webhook as it would send it now, about this ticket, proved with that secret at that time. */
  webhook(ticketId: string, secret: string, at: Date): WebhookRequest;
  /** Everything that it has ever told of a ticket, oldest first; where nobody can ask it. */
  told?(ticketId: string, secret: string): WebhookRequest[];
  close(): Promise<void>;
}
