import type { Connector, SplitEvent, WebhookVerdict } from '../connectors/connector.js';
import type { Side } from '../domain/conversation.js';
import type { Inbox } from '../store/inbox.js';
import type { Nudges } from '../store/nudges.js';
import { WorkspaceScope } from '../store/scope.js';
import { createGroupCommit } from './group-commit.js';
import { inTime } from './in-time.js';
import { lanesOf, newEvent } from './new-event.js';
import type { Recorded } from './record-all.js';
import { createRefusalLimit } from './refusal-limit.js';

/** What the webhook's URL leads to. */
export interface Door {
  workspaceId: string;
  connectionId: string;
  connector: string;
  tokenHashes: readonly string[];
  status: 'active' | 'paused' | 'disconnected';
}

export interface WebhookArrival {
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
  remoteAddress: string;
  /** What is answered with it is what is logged with it. */
  requestId: string;
}

export type IntakeCode =
  | 'webhook_unauthorized'
  | 'rate_limited'
  | 'overloaded'
  | 'database_unavailable'
  | 'invalid_json'
  | 'invalid_utf8'
  | 'body_not_an_object'
  | 'too_deep'
  | 'too_complex'
  | 'body_too_large'
  | 'unsupported_media_type'
  | 'unsupported_charset'
  | 'invalid_request';

export type IntakeAnswer =
  | { outcome: 'answered'; status: number; body: Record<string, unknown> }
  | { outcome: 'refused'; code: IntakeCode; message: string; retryAfterSeconds?: number };

export interface IntakeOptions {
  inbox: Pick<Inbox, 'record' | 'parkContradictions'>;
  findDoor: (connectionKey: string) => Door | undefined | Promise<Door | undefined>;
  findConnector: (name: string) => Connector | undefined;
  /** What a desk's signature is checked with; undefined when the connection is gone. */
  openDesk: (
    scope: WorkspaceScope,
    connectionId: string,
  ) => Promise<{ signingSecrets: readonly string[]; settings: Record<string, unknown> } | undefined>;
  /** Notes durably that tickets, or the account, are to be looked at. */
  hint: (scope: WorkspaceScope, connectionId: string, externalTicketIds: string[]) => Promise<void>;
  /** Something has come in over the connection; nobody waits for it. */
  noteInbound: (workspaceId: string, connectionId: string) => void;
  nudges: Pick<Nudges, 'send'>;
  /** Keys the hashes under which events are remembered, so that they say nothing of what was said. */
  hashKey: Buffer;
  maxWaiting: number;
  observe: {
    refused(door: Door | undefined, code: IntakeCode, requestId: string): void;
    recorded(
      door: Door,
      told: {
        requestId: string;
        recorded: number;
        duplicates: number;
        unrecognised: number;
        milliseconds: number;
      },
    ): void;
    /** An event was parked as it has the identity of an earlier one and says something else. */
    contradicted(line: { workspaceId: string; connectionId: string; eventId: string }): void;
    failed(error: unknown): void;
  };
}

export interface Intake {
  /** Answers when what the webhook says is durable, or says why not. */
  receive(connectionKey: string, arrival: WebhookArrival): Promise<IntakeAnswer>;
  /** Records what was fetched from a desk, through the same ledger as webhooks. @returns whether it is durable */
  recordFetched(at: { scope: WorkspaceScope; connectionId: string }, events: SplitEvent[]): Promise<boolean>;
  /** When a webhook was last told to come again, by this process's steady clock; 0 for never. */
  refusedAt(): number;
  drain(): Promise<void>;
}

/** WotNot is told to come again before it gives up by itself, whatever the database is waiting for. */
const DEADLINE_MILLISECONDS = 1_900;
const UNAUTHORIZED = {
  outcome: 'refused',
  code: 'webhook_unauthorized',
  message: 'The webhook is not authentic.',
} as const;

export function createIntake(options: IntakeOptions): Intake {
  const refusals = createRefusalLimit({ perMinute: 20 });
  const group = createGroupCommit({
    inbox: options.inbox,
    maxWaiting: options.maxWaiting,
    deadlineMilliseconds: DEADLINE_MILLISECONDS,
    failed: options.observe.failed,
  });

  let refusedAt = 0;

  const refuse = (
    { requestId }: WebhookArrival,
    door: Door | undefined,
    answer: Extract<IntakeAnswer, { outcome: 'refused' }>,
  ): IntakeAnswer => {
    if (answer.code === 'database_unavailable' || answer.code === 'overloaded') refusedAt = performance.now();
    options.observe.refused(door, answer.code, requestId);
    return answer;
  };

  const unauthorized = (arrival: WebhookArrival, door: Door | undefined, guard: string): IntakeAnswer => {
    refusals.count(guard);
    return refuse(arrival, door, UNAUTHORIZED);
  };

  const tellContradictions = (
    { workspaceId }: { workspaceId: string },
    connectionId: string,
    events: readonly Recorded[],
  ): void => {
    for (const event of events)
      if (typeof event === 'object')
        options.observe.contradicted({ workspaceId, connectionId, eventId: event.parkedAs });
  };

  const verify = (
    connector: Connector,
    door: Door,
    scope: WorkspaceScope,
    arrival: WebhookArrival,
  ): WebhookVerdict | Promise<WebhookVerdict | undefined> =>
    connector.side === 'chat'
      ? connector.receive(arrival, { tokenHashes: door.tokenHashes })
      : options
          .openDesk(scope, door.connectionId)
          .then((desk) =>
            desk === undefined ? undefined : connector.receive(arrival, { ...desk, now: new Date() }),
          );

  const record = async (
    door: Door,
    scope: WorkspaceScope,
    events: SplitEvent[],
    deadline: number,
    side: Side,
    requestId: string,
  ): Promise<'recorded' | 'unavailable' | 'overloaded'> => {
    const from = performance.now();
    const rows = events.map((event) => newEvent(scope, door.connectionId, event, options.hashKey));
    const outcome = await group.commit(rows, Math.max(0, deadline - from));
    if (outcome.outcome !== 'recorded') return outcome.outcome;
    options.noteInbound(door.workspaceId, door.connectionId);
    const fresh = rows.filter((_row, index) => outcome.events[index] === 'recorded');
    const repeats = outcome.events.filter((event) => event === 'repeat').length;
    const readable = fresh.filter((row) => row.unrecognised === undefined);
    options.nudges.send('projection', lanesOf(readable, side));
    options.observe.recorded(door, {
      requestId,
      recorded: fresh.length,
      duplicates: repeats,
      unrecognised: rows.length - repeats - readable.length,
      milliseconds: performance.now() - from,
    });
    tellContradictions(scope, door.connectionId, outcome.events);
    return 'recorded';
  };

  return {
    async receive(connectionKey, arrival) {
      const guard = `${connectionKey.slice(0, 80)} ${arrival.remoteAddress}`;
      const blockedSeconds = refusals.blockedSeconds(guard);
      if (blockedSeconds > 0) {
        return refuse(arrival, undefined, {
          outcome: 'refused',
          code: 'rate_limited',
          message: 'Too many refused webhooks from here.',
          retryAfterSeconds: blockedSeconds,
        });
      }
      const deadline = performance.now() + DEADLINE_MILLISECONDS;
      let door: Door | undefined;
      try {
        const finding = options.findDoor(connectionKey);
        door = finding instanceof Promise ? await inTime(finding, deadline) : finding;
      } catch (error) {
        options.observe.failed(error);
        return refuse(arrival, undefined, unavailable('database_unavailable'));
      }
      const connector = door === undefined ? undefined : options.findConnector(door.connector);
      if (door === undefined || connector === undefined || door.status === 'disconnected')
        return unauthorized(arrival, door, guard);
      const scope = WorkspaceScope.open(door.workspaceId);
      let verdict: WebhookVerdict | undefined;
      try {
        const verifying = verify(connector, door, scope, arrival);
        verdict = verifying instanceof Promise ? await inTime(verifying, deadline) : verifying;
      } catch (error) {
        options.observe.failed(error);
        return refuse(arrival, door, unavailable('database_unavailable'));
      }
      if (verdict === undefined) return unauthorized(arrival, door, guard);
      switch (verdict.outcome) {
        case 'not_authentic':
          return unauthorized(arrival, door, guard);
        case 'malformed':
          return refuse(arrival, door, {
            outcome: 'refused',
            // A webhook of too many events is too large, whatever it is besides.
            code: verdict.status === 413 ? 'body_too_large' : (verdict.code as IntakeCode),
            message: verdict.message,
          });
        case 'hint':
          try {
            await inTime(options.hint(scope, door.connectionId, verdict.externalTicketIds), deadline);
          } catch (error) {
            options.observe.failed(error);
            return refuse(arrival, door, unavailable('database_unavailable'));
          }
          options.noteInbound(door.workspaceId, door.connectionId);
          return { outcome: 'answered', ...verdict.answer };
        case 'handshake':
          return { outcome: 'answered', ...verdict.answer };
        case 'events': {
          if (verdict.events.length === 0) return { outcome: 'answered', ...verdict.answer };
          const { events } = verdict;
          const recorded = await record(door, scope, events, deadline, connector.side, arrival.requestId);
          if (recorded === 'recorded') return { outcome: 'answered', ...verdict.answer };
          return refuse(
            arrival,
            door,
            unavailable(recorded === 'overloaded' ? 'overloaded' : 'database_unavailable'),
          );
        }
      }
    },
    async recordFetched(at, events) {
      const rows = events.map((event) => newEvent(at.scope, at.connectionId, event, options.hashKey));
      const outcome = await group.commit(rows, DEADLINE_MILLISECONDS);
      if (outcome.outcome !== 'recorded') return false;
      // What a webhook had told before, or an earlier look, came in then.
      if (outcome.events.includes('recorded')) options.noteInbound(at.scope.workspaceId, at.connectionId);
      const fresh = rows.filter(
        (row, index) => outcome.events[index] === 'recorded' && row.unrecognised === undefined,
      );
      tellContradictions(at.scope, at.connectionId, outcome.events);
      options.nudges.send('projection', lanesOf(fresh, 'desk'));
      return true;
    },
    refusedAt: () => refusedAt,
    drain: () => group.drain(),
  };
}

function unavailable(
  code: 'overloaded' | 'database_unavailable',
): Extract<IntakeAnswer, { outcome: 'refused' }> {
  return {
    outcome: 'refused',
    code,
    message: 'The webhook could not be recorded now; send it again.',
    retryAfterSeconds: 1,
  };
}
