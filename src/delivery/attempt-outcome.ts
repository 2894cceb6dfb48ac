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

/** Its time was over before anything had left: whoever has the order now does with it what is to be done. */
export const TOO_LATE: Extract<AttemptOutcome, { outcome: 'wait' }> = {
  outcome: 'wait',
  seconds: 0,
  code: 'overtaken',
  message: 'Its turn was over before anything of it was sent.',
};

/** What an attempt has left behind besides its outcome. */
export interface Attempted {
  outcome: AttemptOutcome;
  /** How full the bucket of the ticket's limit is after it. */
  pace?: number;
}
