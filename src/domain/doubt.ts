/** Orders that somebody would read twice if they were carried out twice. */
export const TWICE_IS_TOO_OFTEN: readonly string[] = [
  'send-message',
  'start-conversation',
  'create-ticket',
  'add-ticket-message',
  'add-ticket-note',
];

/**
 * What becomes of a message of which nothing tells whether it arrived, as a workspace wants it. by_echo: where the
 * connection has echoed before, the missing echo tells, and it is sent again; elsewhere an agent is asked · ask: an agent
 * is asked in any case · resend: it is sent again, once and flagged.
 */
export const UNCERTAIN_POLICIES = ['by_echo', 'ask', 'resend'] as const;
export type UncertainPolicy = (typeof UNCERTAIN_POLICIES)[number];

/** What is kept for it is one of them; a workspace that has said nothing has the first. */
export const uncertainPolicyOf = (kept: unknown): UncertainPolicy =>
  UNCERTAIN_POLICIES.find((policy) => policy === kept) ?? 'by_echo';

/** After so many unclear attempts nothing is sent again without an answer from the desk or a person's word. */
export const UNCLEAR_ATTEMPTS = 2;
