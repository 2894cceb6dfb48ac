/**
 * What to do about a failure. `permanent`: the same request will fail again. `retry`: nothing was
 * accepted, later it may be. `credential`: no request will succeed until the operator acts.
 * `mendable`: change the conversation, then send again. `uncertain`: it may have been accepted.
 */
export type WhatToDo = 'permanent' | 'retry' | 'credential' | 'mendable' | 'uncertain';

/** Every code that WotNot's page documents, and what it asks for. */
export const errorCodes = {
  ACCOUNT_DETAILS_NOT_FOUND: 'credential',
  ASSIGNEE_CHANGE_EXCEPTION: 'permanent',
  ASSIGNEE_NOT_CHANGED: 'permanent',
  BAD_REQUEST: 'permanent',
  BOT_NOT_FOUND: 'permanent',
  CHANNEL_NOT_ENABLED: 'permanent',
  CHANNEL_TOKEN_EXPIRED: 'permanent',
  CONTACT_IS_BLOCKED: 'permanent',
  CONVERSATION_ASSIGNED_TO_BOT: 'mendable',
  CONVERSATION_CLOSED: 'permanent',
  CONVERSATION_CREATION_EXCEPTION: 'retry',
  CONVERSATION_NOT_CLOSED: 'permanent',
  CONVERSATION_NOT_CREATED: 'permanent',
  CONVERSATION_NOT_FOUND: 'permanent',
  INVALID_DATA: 'permanent',
  JWT_SIGNATURE_EXCEPTION: 'credential',
  KNOWLEDGE_BASE_NOT_FOUND: 'permanent',
  MAXIMUM_BOTS_LIMIT_REACHED: 'permanent',
  MAX_KNOWLEDGE_BASE_COUNT_EXCEEDED: 'permanent',
  MESSAGE_NOT_SENT: 'permanent',
  PHONE_NUMBER_IS_NOT_CONFIGURED: 'permanent',
  RESOURCE_NOT_FOUND: 'permanent',
  ROLE_NOT_FOUND: 'permanent',
  TEAM_NOT_FOUND: 'permanent',
  TEMPLATE_NOT_APPROVED: 'permanent',
  UNAUTHORIZED: 'credential',
  UNAUTHORIZED_FEATURE: 'credential',
  USER_NOT_FOUND: 'permanent',
  WHATSAPP_TEMPLATE_NOT_FOUND: 'permanent',
} as const satisfies Record<string, WhatToDo>;

export type WotNotErrorCode = keyof typeof errorCodes;

export function isWotNotErrorCode(code: string): code is WotNotErrorCode {
  return Object.hasOwn(errorCodes, code);
}
