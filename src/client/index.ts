export * from './bridge-error.js';
export type { BridgeFeed, CommandOptions, FeedOptions, FeedState } from './connect-feed.js';
export type {
  ConversationQuery,
  Conversations,
  Keyed,
  MessageInput,
  VariableInput,
} from './conversations.js';
export * from './create-bridge-client.js';
export type { DeliveryQuery, DeskResources, Upload } from './desk-resources.js';
export type { HeldToken, SessionOptions } from './keep-session.js';
export type {
  ConnectionChange,
  ConnectionCheck,
  CreatedApiKey,
  CreatedConnection,
  NewApiKey,
  NewConnection,
  OperatorResources,
  RotatedWebhookToken,
  SignInLink,
} from './operator-resources.js';
export type { Page } from './page.js';
export type { Me } from '../contract/answers.js';
