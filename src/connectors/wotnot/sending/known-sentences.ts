/**
 * What each failure means for people. WotNot's own words are not passed on: they may repeat what was
 * sent, and what was sent is nobody else's business.
 */
const sentences: Record<string, string> = {
  // WotNot's codes
  ACCOUNT_DETAILS_NOT_FOUND: 'WotNot does not know this account. Check the account id of the connection.',
  ASSIGNEE_CHANGE_EXCEPTION: 'WotNot says that the conversation is with this agent already.',
  ASSIGNEE_NOT_CHANGED:
    'WotNot did not assign it: the limit of the WotNot plan or of the user is reached. Check the plan.',
  BAD_REQUEST: 'WotNot did not accept the request as it stands.',
  CHANNEL_NOT_ENABLED: 'This channel is not enabled in the WotNot account.',
  CHANNEL_TOKEN_EXPIRED:
    'WotNot’s own access to the channel has expired. Set the channel up again in WotNot.',
  CONTACT_IS_BLOCKED: 'The contact is blocked in WotNot.',
  CONVERSATION_ASSIGNED_TO_BOT: 'The conversation is in the bot’s hands, and WotNot did not hand it over.',
  CONVERSATION_CLOSED: 'The conversation is closed in WotNot.',
  CONVERSATION_CREATION_EXCEPTION: 'WotNot could not start the conversation just now.',
  CONVERSATION_NOT_CLOSED:
    'WotNot did not close it: the limit of the WotNot plan or of the user is reached. Check the plan.',
  CONVERSATION_NOT_CREATED:
    'WotNot did not start it: the limit of the WotNot plan or of the user is reached. Check the plan.',
  CONVERSATION_NOT_FOUND: 'WotNot does not know this conversation.',
  INVALID_DATA: 'WotNot did not accept the message or the agent who sent it.',
  JWT_SIGNATURE_EXCEPTION: 'WotNot does not accept the token. Give the connection a valid one.',
  MESSAGE_NOT_SENT:
    'WotNot did not send it: the limit of the WotNot plan or of the user is reached. Check the plan.',
  PHONE_NUMBER_IS_NOT_CONFIGURED: 'The sending phone number is not configured in the WotNot account.',
  RESOURCE_NOT_FOUND: 'WotNot does not know what the request is about.',
  ROLE_NOT_FOUND: 'There is no such role in the WotNot account.',
  TEAM_NOT_FOUND: 'There is no team of that name in WotNot.',
  TEMPLATE_NOT_APPROVED: 'The template is not approved.',
  UNAUTHORIZED: 'WotNot does not accept the token. Give the connection a valid one.',
  UNAUTHORIZED_FEATURE: 'The WotNot plan does not include this. Ask WotNot to enable it.',
  USER_NOT_FOUND: 'WotNot does not know this agent.',
  WHATSAPP_TEMPLATE_NOT_FOUND: 'There is no such WhatsApp template in the WotNot account.',
  // what the client finds by itself
  aborted: 'The attempt was ended before WotNot had answered.',
  answer_too_large: 'WotNot’s answer was too long to be read.',
  answer_unreadable: 'WotNot answered something that cannot be understood.',
  connection_failed: 'WotNot could not be reached.',
  connection_lost: 'The connection to WotNot broke before it had answered.',
  deadline_exceeded: 'WotNot did not answer in time.',
  not_authorised: 'WotNot does not accept the token. Give the connection a valid one.',
  redirected: 'WotNot’s address points elsewhere. Check the base URL of the connection.',
  refused: 'WotNot refused the request.',
  server_error: 'WotNot failed while it worked on the request.',
  throttled: 'WotNot asks to go more slowly.',
  unavailable: 'WotNot is not available at the moment.',
  undocumented: 'WotNot refused the request for a reason that its manual does not name.',
  // before anything is sent
  invalid_request: 'The request could not be made as WotNot wants it.',
  connection_misconfigured: 'The connection’s settings or credentials cannot be used. Check them.',
};

/** The sentence for a code; a stranger's code gets a general one. */
export function sentenceFor(code: string): string {
  return Object.hasOwn(sentences, code) ? (sentences[code] ?? '') : 'WotNot could not do it.';
}
