import { BridgeRefusal, type RefusalCode } from './bridge.js';

/** What happened and what to do about it, for a person. Codes that say enough in the API's own words are left out. */
const explanations: Partial<Record<RefusalCode, string>> = {
  network: 'The bridge cannot be reached. Check your connection; nothing you wrote is lost.',
  token_missing: 'Your session has ended. Open your sign-in link again.',
  token_invalid: 'Your session has ended. Open your sign-in link again.',
  token_expired: 'Your session has ended. Open your sign-in link again.',
  sign_in_code_invalid: 'This sign-in link has been used or is too old. Ask for a new one.',
  forbidden: 'You may not do this here. Ask the person who runs your desk.',
  not_found: 'This is not there any more.',
  conversation_closed:
    'The conversation is closed. When the contact writes again it opens, or another one begins.',
  ticket_linked_elsewhere: 'This ticket already belongs to another conversation.',
  conversation_linked_elsewhere: 'This conversation already has a ticket there.',
  connection_disconnected:
    'The connection to this channel has been removed, so nothing can be sent through it.',
  agent_unknown: 'There is no agent with this e-mail address.',
  file_unknown: 'The file is not there any more. Attach it again.',
  file_empty: 'The file is empty.',
  file_not_voice: 'This is not a sound recording that can be sent as a voice message.',
  body_too_large: 'This is too large. A file may have 25 MB.',
  unsupported_media_type: 'This kind of file cannot be sent.',
  delivery_not_uncertain: 'This has been settled in the meantime.',
  delivery_not_dead: 'This has been settled in the meantime.',
  idempotency_key_in_use: 'This is being sent already. Wait a moment.',
  rate_limited: 'That was a little fast. It goes on in a moment.',
  too_many_connections: 'The desk is open in too many windows. Close some of them.',
  overloaded: 'The bridge is very busy. It goes on in a moment.',
  database_unavailable: 'The bridge cannot save right now. It goes on in a moment.',
  file_store_failed:
    'The bridge has no room for files right now. Tell the person who runs it; the file can be sent again then.',
  not_ready: 'The bridge is starting. It goes on in a moment.',
  internal: 'Something went wrong in the bridge. Try again; if it stays, tell the person who runs it.',
};

/** A sentence for the screen. */
export function explainRefusal(error: unknown): string {
  if (!(error instanceof BridgeRefusal)) return explanations.internal ?? '';
  return explanations[error.code] ?? error.message;
}

/** The codes after which the same request may simply be made again. */
const passing: readonly RefusalCode[] = [
  'network',
  'rate_limited',
  'overloaded',
  'database_unavailable',
  'not_ready',
  'request_timeout',
  'idempotency_key_in_use',
];

export function isPassing(error: unknown): boolean {
  return error instanceof BridgeRefusal && passing.includes(error.code);
}
