import type { DeskSendOutcome, SendOutcome } from '../connectors/connector.js';

export type AttemptOutcome =
  | SendOutcome
  | DeskSendOutcome
  /** The ticket is gone, and the order now asks for a new one. */
  | { outcome: 'ticket_renewed' }
  /**
   * Nothing was sent, for a reason of ours: it has its turn again then, and no attempt is used up. `isTrouble`: somebody
   * has to mend something, so that agents are told in time.
   */
  | { outcome: 'wait'; seconds: number; code: string; message: string; isTrouble?: true };

/** What an attempt has left behind besides its outcome. */
export interface Attempted {
  outcome: AttemptOutcome;
  /** How full the bucket of the ticket's limit is after it. */
  pace?: number;
}
