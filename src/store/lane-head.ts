import type { UncertainPolicy } from '../domain/doubt.js';
import type { Side } from '../domain/conversation.js';
import type { Order } from './conversation-change.js';
import type { WorkspaceScope } from './scope.js';

/** The head of a leased lane: the one thing that may be sent now. */
export interface LaneHead {
  scope: WorkspaceScope;
  deliveryId: string;
  connectionId: string;
  /** The connector's name. */
  connector: string;
  /** Seconds since it was accepted. */
  waitedSeconds: number;
  conversationId: string;
  externalConversationId: string;
  heldByBot: boolean;
  side: Side;
  /** Of the ticket that the conversation has at this desk. */
  externalTicketId?: string;
  /** How full the bucket of the desk's limit for one ticket is, and how many seconds ago that was so. */
  pace: { level: number; secondsAgo: number };
  order: Order;
  idempotencyKey: string;
  messageId: string | undefined;
  /** The number of the attempt that this lease may make. */
  attempt: number;
  /** Seconds for which the lane's head has been failing; 0 when it has not. */
  troubledSeconds: number;
  delayTold: boolean;
  /** Seconds by which it was taken before its time, to see whether the far side is well again; 0 when it was due. */
  earlySeconds: number;
}

/** A head that was left in doubt: by a crash while it was sent, or by an answer that was lost. */
export interface DoubtfulHead extends LaneHead {
  state: 'sending' | 'uncertain';
  /** Whether its echo has come back. */
  echoed: boolean;
  /** The agent was asked about it, and the lane went on without it. */
  asked: boolean;
  /** Something of the conversation is recorded and not projected yet: its echo may be among it. */
  unheard: boolean;
  /** Who made the attempt. */
  triedBy: string | undefined;
  /** Seconds since it was last tried. */
  sinceSeconds: number;
  /** Whether this connection has echoed our messages before, so that a missing echo means something. */
  connectionEchoes: boolean;
  uncertainPolicy: UncertainPolicy;
}
