/** What an operation answers: a status and a JSON body. Errors are answers like any other. */
export interface ApiAnswer {
  status: number;
  body: Record<string, unknown>;
}

export function succeed(body: Record<string, unknown> = {}): ApiAnswer {
  return { status: 200, body: { ok: true, ...body } };
}

interface Sample {
  http: number;
  message: string;
  /** WotNot leaves `code` or `status` out of some of its bodies. */
  without?: ('code' | 'status')[];
  /** Some bodies carry another status than the answer itself. */
  bodyStatus?: number;
}

const limit = (what: string): Sample => ({ http: 400, message: `${what} due to user limit validation` });

/** WotNot's error bodies as its page prints them. A few operations print a code differently; they say so themselves. */
const samples = {
  ACCOUNT_DETAILS_NOT_FOUND: { http: 400, bodyStatus: 404, message: 'Account Details are Not Found!' },
  ASSIGNEE_CHANGE_EXCEPTION: {
    http: 400,
    message: 'By and To user are same. Can not assign conversation to same user.',
  },
  ASSIGNEE_NOT_CHANGED: { http: 400, message: 'Assignee is not changed due to user limit validationt.' },
  BOT_NOT_FOUND: { http: 404, message: 'Bot not found.', without: ['code'] },
  CHANNEL_NOT_ENABLED: { http: 400, message: 'This channel is not enabled in the account.' },
  CHANNEL_TOKEN_EXPIRED: {
    http: 400,
    message: 'Token used to configure the channel is expired. Please reconfigure the channel.',
  },
  CONTACT_IS_BLOCKED: { http: 400, message: 'Conversation cannot be created for blocked contact.' },
  CONVERSATION_ASSIGNED_TO_BOT: {
    http: 400,
    message: 'Agent message cannot be sent on bot assigned conversation.',
  },
  CONVERSATION_CLOSED: { http: 400, message: 'Assignee cannot be changed on closed conversation.' },
  CONVERSATION_CREATION_EXCEPTION: {
    http: 400,
    message: 'Conversation is not created. Please try again after some time.',
  },
  CONVERSATION_NOT_CLOSED: { http: 400, message: 'Conversation is not closed due to user limit validation.' },
  CONVERSATION_NOT_CREATED: limit('Conversation is not created'),
  CONVERSATION_NOT_FOUND: { http: 404, message: 'Conversation is not available.' },
  INVALID_DATA: { http: 400, message: 'Error message' },
  JWT_SIGNATURE_EXCEPTION: { http: 401, message: 'Invalid JWT token' },
  KNOWLEDGE_BASE_NOT_FOUND: { http: 400, bodyStatus: 404, message: 'KnowledgeBase Not Found in DB!' },
  MAXIMUM_BOTS_LIMIT_REACHED: {
    http: 400,
    message: 'Maximum bots limit reached for the account.',
    without: ['status'],
  },
  MAX_KNOWLEDGE_BASE_COUNT_EXCEEDED: {
    http: 400,
    message:
      'You have reached the maximum number of knowledge bases. Upgrade your plan to create more knowledge bases.',
    without: ['status'],
  },
  MESSAGE_NOT_SENT: { http: 400, message: 'Message is not sent due to user limit validation.' },
  PHONE_NUMBER_IS_NOT_CONFIGURED: {
    http: 404,
    message: '’From’ phone number is not configured in the account.',
  },
  RESOURCE_NOT_FOUND: { http: 404, message: 'Resource not found' },
  ROLE_NOT_FOUND: { http: 404, message: 'Role not found for this account.', without: ['code'] },
  TEAM_NOT_FOUND: { http: 400, message: 'Team does not exist.' },
  TEMPLATE_NOT_APPROVED: { http: 404, message: 'Oops, template is not approved' },
  UNAUTHORIZED: {
    http: 401,
    message: 'Invalid token. Provide the valid account token.',
    without: ['code'],
  },
  UNAUTHORIZED_FEATURE: { http: 401, message: 'Please reach out to support to use this feature' },
  USER_NOT_FOUND: { http: 404, message: 'User not found in this account.', without: ['code'] },
  WHATSAPP_TEMPLATE_NOT_FOUND: { http: 404, message: 'WhatsApp template is not available in the account.' },
  WEBHOOK_NOT_VERIFIED: {
    http: 400,
    message: 'The webhook URL did not answer 200 with the token that was sent to it.',
  },
  BAD_REQUEST: { http: 400, message: 'Bad request' },
} satisfies Record<string, Sample>;

export type SampleCode = keyof typeof samples;

export function isSampleCode(code: string): code is SampleCode {
  return Object.hasOwn(samples, code);
}

export interface Deviation {
  message?: unknown;
  http?: number;
  bodyStatus?: number;
  without?: ('code' | 'status')[];
}

/** The documented body for a code. */
export function refuse(code: SampleCode, deviation: Deviation = {}): ApiAnswer {
  const sample: Sample = samples[code];
  const without = deviation.without ?? sample.without ?? [];
  const http = deviation.http ?? sample.http;
  return {
    status: http,
    body: {
      ok: false,
      error: code,
      ...(without.includes('code') ? {} : { code }),
      message: deviation.message ?? sample.message,
      ...(without.includes('status') ? {} : { status: deviation.bodyStatus ?? sample.bodyStatus ?? http }),
    },
  };
}
