import { expect } from 'vitest';
import type {
  Account,
  DeskConnector,
  DeskSendContext,
  DeskSendOutcome,
  FetchCursor,
  FindContext,
  SplitEvent,
} from '../../../src/connectors/connector.js';
import type { DeskFact } from '../../../src/domain/desk-fact.js';
import type { DeskOrder, TicketContact, TicketLine } from '../../../src/domain/desk-order.js';
import type { OrderedFile } from '../../../src/domain/order.js';
import type { FakeDesk, FakeTicket } from '../../fakes/fake-desk.js';

/** A connector, the desk on its far side, and the account that leads there. */
export interface DeskStage {
  fake: FakeDesk;
  connector: DeskConnector & { stop?(): void };
  account: Account;
}

export type OpenStage = () => Promise<DeskStage>;

let count = 0;
/** Different each time, so that tests can share a desk. */
export const fresh = (word: string): string => `${word}-${process.pid}-${(count += 1)}`;

export function contactOf(id = fresh('contact')): TicketContact {
  return { id, name: `Rosa ${id}`, email: `${id}@example.com`, phone: '+15551234567' };
}

export function lineOf(contact: TicketContact, text: string, files: OrderedFile[] = []): TicketLine {
  const author = {
    type: 'contact' as const,
    ...(contact.name === undefined ? {} : { name: contact.name }),
    ...(contact.email === undefined ? {} : { email: contact.email }),
  };
  return { author, text, files, at: new Date().toISOString() };
}

type Create = Extract<DeskOrder, { kind: 'create-ticket' }>;

export function createOrder(given: Partial<Create> = {}): Create {
  const contact = given.contact ?? contactOf();
  return {
    kind: 'create-ticket',
    reference: fresh('cnv'),
    subject: 'Chat with Rosa',
    contact,
    introduction: 'From the chat on example.com.',
    lines: [lineOf(contact, 'My order has not come.')],
    change: {},
    ...given,
  };
}

export function messageOrder(contact: TicketContact, text: string, files: OrderedFile[] = []): DeskOrder {
  return { kind: 'add-ticket-message', contact, lines: [lineOf(contact, text, files)] };
}

export const fileLinks = 'https://bridge.example.com/files/';

/** A delivery's surroundings; `files` are the bytes that can be had, by our id. */
export function contextOf(
  files: Record<string, Buffer> = {},
  key = fresh('key'),
): DeskSendContext & { idempotencyKey: string } {
  return {
    idempotencyKey: key,
    signal: AbortSignal.timeout(60_000),
    leaving: () => true,
    readFile: async (id) => {
      const bytes = files[id];
      if (bytes === undefined) throw new Error('the file is gone');
      return bytes;
    },
    fileLink: (id) => `${fileLinks}${id}`,
  };
}

/** What `find` is given; `known` are ids that other orders have written. */
export function findContextOf(since = new Date(), known: readonly string[] = []): FindContext {
  return {
    idempotencyKey: fresh('key'),
    signal: AbortSignal.timeout(60_000),
    since,
    knownIds: async (ids) => new Set(ids.filter((id) => known.includes(id))),
  };
}

export async function send(
  { connector, account }: DeskStage,
  order: DeskOrder,
  externalTicketId?: string,
  context = contextOf(),
): Promise<DeskSendOutcome> {
  const conversationId = order.kind === 'create-ticket' ? order.reference : 'cnv-of-the-test';
  const target = { conversationId, ...(externalTicketId === undefined ? {} : { externalTicketId }) };
  return connector.send(order, target, account, context);
}

type Delivered = Extract<DeskSendOutcome, { outcome: 'delivered' }>;

export function delivered(outcome: DeskSendOutcome): Delivered {
  expect(outcome, JSON.stringify(outcome)).toMatchObject({ outcome: 'delivered' });
  return outcome as Delivered;
}

export interface OpenedTicket {
  id: string;
  order: Create;
  contact: TicketContact;
  writtenIds: string[];
}

/** A ticket that the connector has made. */
export async function openTicket(stage: DeskStage, given: Partial<Create> = {}): Promise<OpenedTicket> {
  const order = createOrder(given);
  const outcome = delivered(await send(stage, order));
  expect(outcome.ticket?.externalTicketId).toBeTruthy();
  const id = outcome.ticket?.externalTicketId ?? '';
  return { id, order, contact: order.contact, writtenIds: outcome.writtenIds };
}

export async function ticketOf(stage: DeskStage, id: string): Promise<FakeTicket> {
  const ticket = await stage.fake.ticket(id);
  expect(ticket).toBeDefined();
  return ticket as FakeTicket;
}

export interface Fetched {
  events: SplitEvent[];
  cursor: FetchCursor;
}

/** What a desk that nobody can ask has told since, as the door takes it: what cannot be read is parked there. */
function toldSince({ fake, connector, account }: DeskStage, ticketId: string, from: number): Fetched {
  const secret = 'a-secret-of-the-stage-with-many-characters';
  const requests = fake.told?.(ticketId, secret) ?? [];
  const events = requests.slice(from).flatMap((request) => {
    const secrets = { signingSecrets: [secret], settings: account.settings, now: new Date() };
    const verdict = connector.receive(request, secrets);
    expect(verdict).toMatchObject({ outcome: 'events' });
    return verdict.outcome === 'events'
      ? verdict.events.filter(({ unrecognised }) => unrecognised === undefined)
      : [];
  });
  return { events, cursor: { told: requests.length } };
}

/** Everything since the cursor, page by page; every cursor survives being stored. */
export async function fetchAll(
  stage: DeskStage,
  ticketId: string,
  from: FetchCursor | null = null,
): Promise<Fetched> {
  const { connector, account } = stage;
  if (!connector.capabilities.fetches) return toldSince(stage, ticketId, Number(from?.['told'] ?? 0));
  const events: SplitEvent[] = [];
  let cursor = from;
  for (let page = 0; page < 50; page += 1) {
    const context = { signal: AbortSignal.timeout(60_000) };
    const fetched = await connector.fetchTicket(account, ticketId, cursor, context);
    expect(fetched).toMatchObject({ outcome: 'fetched' });
    if (fetched.outcome !== 'fetched') throw new Error('nothing was fetched');
    events.push(...fetched.events);
    cursor = JSON.parse(JSON.stringify(fetched.cursor)) as FetchCursor;
    if (!fetched.more) return { events, cursor };
  }
  throw new Error('there is always more');
}

/** What the connector makes of events as they are kept; none of these is unreadable. */
export function factsOf({ connector, account }: DeskStage, events: SplitEvent[]): DeskFact[] {
  const kept = connector.capabilities.fetches ? { lookedAt: new Date().toISOString() } : {};
  return events.flatMap((event) => {
    const stored = JSON.parse(
      JSON.stringify({ ...event, payload: { ...event.payload, ...kept } }),
    ) as SplitEvent;
    const reading = connector.read(stored, account.settings);
    expect(reading).toMatchObject({ outcome: 'facts' });
    return reading.outcome === 'facts' ? reading.facts : [];
  });
}

export async function fetchFacts(
  stage: DeskStage,
  ticketId: string,
  from: FetchCursor | null = null,
): Promise<{ facts: DeskFact[]; cursor: FetchCursor }> {
  const { events, cursor } = await fetchAll(stage, ticketId, from);
  return { facts: factsOf(stage, events), cursor };
}

export function ofType<T extends DeskFact['type']>(facts: DeskFact[], type: T) {
  return facts.filter((fact): fact is Extract<DeskFact, { type: T }> => fact.type === type);
}

/** Every text among the credentials. */
function secretsOf(value: unknown): string[] {
  if (typeof value === 'string') return value.length > 3 ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretsOf) : [];
}

/** What every outcome that is not a success owes the operator: a code, a sentence, and no secret. */
export function expectExplained(stage: DeskStage, outcome: object): void {
  expect(outcome).toMatchObject({
    code: expect.stringMatching(/^[a-z0-9_]+$/u),
    message: expect.any(String),
  });
  const { message } = outcome as { message: string };
  expect(message.length).toBeGreaterThan(10);
  expect(message.length).toBeLessThan(1_000);
  const told = JSON.stringify(outcome);
  for (const secret of secretsOf(stage.account.credentials)) expect(told).not.toContain(secret);
}
