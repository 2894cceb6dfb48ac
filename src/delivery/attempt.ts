import type { Account, Connector, DeskConnector, SendOutcome } from '../connectors/connector.js';
import type { LaneHead } from '../store/outbox.js';
import type { WorkspaceScope } from '../store/scope.js';
import type { Departures } from './departures.js';
import { attemptChat } from './attempt-chat.js';
import { type Attempted, TOO_LATE } from './attempt-outcome.js';
import { attemptDesk, type DeskAttemptOptions } from './attempt-desk.js';

/** The outside of a connection, opened for sending. */
export interface OpenedConnection {
  connector: Connector;
  account: Account;
}

export interface AttemptOptions extends DeskAttemptOptions {
  /** undefined when the connection or its connector is gone. */
  open: (scope: WorkspaceScope, connectionId: string) => Promise<OpenedConnection | undefined>;
  /** A link to a file of ours that the outside can fetch for a while. */
  fileUrl: (scope: WorkspaceScope, fileId: string, name: string) => string;
  deadlineSeconds: number;
  /** Told of each attempt before it leaves. */
  departures: Departures;
}

/** An order for a desk is several calls, and some desks take a second for each. */
const DESK_PATIENCE = 3;

/**
 * Makes one attempt at one order. Whatever goes wrong is an outcome.
 * @param isInTime whether it may still be sent; asked again at the wire, as opening, names and connections take their time
 */
export async function attempt(
  head: LaneHead,
  options: AttemptOptions,
  stop: AbortSignal,
  isInTime: () => boolean,
): Promise<Attempted> {
  const opened = await open(head, options);
  if ('outcome' in opened) return { outcome: opened };
  const patience = opened.connector.side === 'desk' ? DESK_PATIENCE : 1;
  const signal = AbortSignal.any([stop, AbortSignal.timeout(options.deadlineSeconds * patience * 1_000)]);
  let isNoted = false;
  let isTooLate = false;
  const leaving = (): boolean => {
    isTooLate ||= !isInTime();
    if (isTooLate) return false;
    if (!isNoted) options.departures.note({ deliveryId: head.deliveryId, attempt: head.attempt });
    isNoted = true;
    return true;
  };
  try {
    const attempted = await carryOut(head, opened, options, signal, leaving);
    // What had left before its time was over is told as it is.
    return isTooLate && attempted.outcome.outcome === 'retry'
      ? { ...attempted, outcome: TOO_LATE }
      : attempted;
  } catch {
    // A connector does not throw; if one does, what it had done by then is not known.
    return {
      outcome: {
        outcome: 'uncertain',
        code: 'connector_failed',
        message: 'The connector failed while sending.',
      },
    };
  }
}

async function carryOut(
  head: LaneHead,
  { connector, account }: OpenedConnection,
  options: Parameters<typeof attempt>[1],
  signal: AbortSignal,
  leaving: () => boolean,
): Promise<Attempted> {
  if (connector.side === 'chat')
    return { outcome: await attemptChat(head, connector, account, options, signal, leaving) };
  // A desk can be asked what it has got, and its orders are many calls: noted before the first.
  if (!leaving()) return { outcome: TOO_LATE };
  return attemptDesk(head, connector, account, options, signal, leaving);
}

/** The desk at which a doubtful order may be looked for; undefined where nothing can be asked. */
export async function openDesk(
  head: LaneHead,
  options: AttemptOptions,
): Promise<{ connector: DeskConnector; account: Account } | undefined> {
  const opened = await open(head, options);
  if ('outcome' in opened || opened.connector.side !== 'desk') return undefined;
  return { connector: opened.connector, account: opened.account };
}

async function open(head: LaneHead, options: AttemptOptions): Promise<OpenedConnection | SendOutcome> {
  try {
    const opened = await options.open(head.scope, head.connectionId);
    if (opened !== undefined) return opened;
  } catch {
    // Nothing has been sent.
    return {
      outcome: 'retry',
      code: 'connection_unreadable',
      message: 'The connection could not be opened.',
    };
  }
  return {
    outcome: 'refused',
    code: 'connection_gone',
    message: 'The connection of this conversation is no longer there.',
  };
}
