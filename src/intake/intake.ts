import { createHmac } from 'node:crypto';
import type { Connector, SplitEvent } from '../connectors/connector.js';
import type { Inbox, NewInboundEvent } from '../store/inbox.js';
import type { InboundLane, Nudges } from '../store/nudges.js';
import { WorkspaceScope } from '../store/scope.js';
import { createGroupCommit } from './group-commit.js';
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
  inbox: Pick<Inbox, 'record'>;
  findDoor: (connectionKey: string) => Promise<Door | undefined>;
  findConnector: (name: string) => Connector | undefined;
  nudges: Pick<Nudges, 'send'>;
  /** Keys the hashes under which events are remembered, so that they say nothing of what was said. */
  hashKey: Buffer;
  maxWaiting: number;
  observe: {
    refused(door: Door | undefined, code: IntakeCode): void;
    recorded(door: Door, recorded: number, repeats: number, unrecognised: number, milliseconds: number): void;
    failed(error: unknown): void;
  };
}

export interface Intake {
  /** Answers when what the webhook says is durable, or says why not. */
  receive(connectionKey: string, arrival: WebhookArrival): Promise<IntakeAnswer>;
  drain(): Promise<void>;
}

/** With neither id nor time, an equal event this soon after another is taken for a repeat. */
const REPEAT_SECONDS = 3;
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

  const refuse = (
    door: Door | undefined,
    answer: Extract<IntakeAnswer, { outcome: 'refused' }>,
  ): IntakeAnswer => {
    options.observe.refused(door, answer.code);
    return answer;
  };

  const unauthorized = (door: Door | undefined, guard: string): IntakeAnswer => {
    refusals.count(guard);
    return refuse(door, UNAUTHORIZED);
  };

  const record = async (
    door: Door,
    events: SplitEvent[],
    deadline: number,
  ): Promise<'recorded' | 'unavailable' | 'overloaded'> => {
    const scope = WorkspaceScope.open(door.workspaceId);
    const from = performance.now();
    const rows = events.map((event) => newEvent(scope, door, event, options.hashKey));
    const outcome = await group.commit(rows, Math.max(0, deadline - from));
    if (outcome.outcome !== 'recorded') return outcome.outcome;
    const fresh = rows.filter((_row, index) => outcome.fresh[index] === true);
    const readable = fresh.filter((row) => row.unrecognised === undefined);
    options.nudges.send('projection', lanesOf(door, readable));
    options.observe.recorded(
      door,
      fresh.length,
      rows.length - fresh.length,
      fresh.length - readable.length,
      performance.now() - from,
    );
    return 'recorded';
  };

  return {
    async receive(connectionKey, arrival) {
      const guard = `${connectionKey.slice(0, 80)} ${arrival.remoteAddress}`;
      const blockedSeconds = refusals.blockedSeconds(guard);
      if (blockedSeconds > 0) {
        return refuse(undefined, {
          outcome: 'refused',
          code: 'rate_limited',
          message: 'Too many refused webhooks from here.',
          retryAfterSeconds: blockedSeconds,
        });
      }
      const deadline = performance.now() + DEADLINE_MILLISECONDS;
      let door: Door | undefined;
      try {
        door = await inTime(options.findDoor(connectionKey), deadline);
      } catch (error) {
        options.observe.failed(error);
        return refuse(undefined, unavailable('database_unavailable'));
      }
      const connector = door === undefined ? undefined : options.findConnector(door.connector);
      if (door === undefined || connector === undefined || door.status === 'disconnected')
        return unauthorized(door, guard);
      if (connector.side !== 'chat') return unauthorized(door, guard);
      const verdict = connector.receive(arrival, { tokenHashes: door.tokenHashes });
      switch (verdict.outcome) {
        case 'not_authentic':
          return unauthorized(door, guard);
        case 'malformed':
          return refuse(door, {
            outcome: 'refused',
            // A webhook of too many events is too large, whatever it is besides.
            code: verdict.status === 413 ? 'body_too_large' : (verdict.code as IntakeCode),
            message: verdict.message,
          });
        case 'hint':
        case 'handshake':
          return { outcome: 'answered', ...verdict.answer };
        case 'events': {
          if (verdict.events.length === 0) return { outcome: 'answered', ...verdict.answer };
          const recorded = await record(door, verdict.events, deadline);
          if (recorded === 'recorded') return { outcome: 'answered', ...verdict.answer };
          return refuse(door, unavailable(recorded === 'overloaded' ? 'overloaded' : 'database_unavailable'));
        }
      }
    },
    drain: () => group.drain(),
  };
}

/** @throws when it is not there by then */
async function inTime<T>(finding: Promise<T>, deadline: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), deadline - performance.now());
  });
  try {
    return await Promise.race([finding, late]);
  } finally {
    clearTimeout(timer);
  }
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

function newEvent(scope: WorkspaceScope, door: Door, event: SplitEvent, hashKey: Buffer): NewInboundEvent {
  return {
    scope,
    connectionId: door.connectionId,
    laneKey: event.laneKey,
    kind: event.kind,
    key: createHmac('sha256', hashKey)
      .update(`${event.laneKey}\n${event.kind}\n${event.identity}`)
      .digest('base64url')
      .slice(0, 27),
    repeatSeconds: event.identityBy === 'content' ? REPEAT_SECONDS : 0,
    payload: event.payload,
    flags: event.flags,
    ...(event.unrecognised === undefined ? {} : { unrecognised: event.unrecognised }),
  };
}

function lanesOf(door: Door, events: NewInboundEvent[]): InboundLane[] {
  return [...new Set(events.map((event) => event.laneKey))].map((laneKey) => ({
    workspaceId: door.workspaceId,
    connectionId: door.connectionId,
    laneKey,
  }));
}
