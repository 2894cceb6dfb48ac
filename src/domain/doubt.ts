/** Orders that somebody would read twice if they were carried out twice. */
export const TWICE_IS_TOO_OFTEN: readonly string[] = [
  'send-message',
  'start-conversation',
  'create-ticket',
  'add-ticket-message',
  'add-ticket-note',
];

/** After so many unclear attempts nothing is sent again without an answer from the desk or a person's word. */
export const UNCLEAR_ATTEMPTS = 2;
