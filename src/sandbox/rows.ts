import type { ChatNotice } from './chat/chat-view.js';

/** What the sandbox remembers, a type for each kind of row. */

export type Assignee =
  | { type: 'bot' }
  | { type: 'nobody' }
  | { type: 'team'; id: number; name: string }
  | { type: 'agent'; id: number; email: string; name: string };

export interface Variable {
  name: string;
  type: string;
  value: unknown;
}

export interface Contact {
  key: string;
  id: number;
  externalKey: string;
  name: string;
  email?: string;
  phone?: string;
  isBlocked: boolean;
  customVariables: Record<string, unknown>;
}

export type Channel = 'WEB' | 'API' | 'WHATSAPP' | 'SMS';
/** Who opened it: the visitor's page (which reports what it has shown), a test, or WotNot's own API. */
export type Origin = 'page' | 'control' | 'api';

export interface Conversation {
  id: string;
  number: number;
  externalKey: string;
  contactKey: string;
  channel: Channel;
  origin: Origin;
  status: 'open' | 'closed';
  assignee: Assignee;
  variables: Variable[];
  labels: { id: number; name: string }[];
  notes: { id: string; text: string; by: string; at: string }[];
  /** Lines in the visitor's chat that nobody said. */
  notices: ChatNotice[];
  createdAt: string;
  /** Rises with every change; what the visitor's page uses as its cursor. */
  revision: number;
}

export interface MessageFile {
  name: string;
  type: string;
  /** Bytes once stored. */
  size: number;
  /** Where it came from. */
  path: string;
  state: 'fetching' | 'stored' | 'failed';
  fileId?: string;
  problem?: string;
}

export interface Message {
  id: string;
  conversationId: string;
  /** The page's own id for it, by which a second try is known. */
  clientId?: string;
  revision: number;
  from: 'visitor' | 'bot' | 'agent';
  agent?: { email: string; name: string };
  type: 'text' | 'file' | 'voice' | 'template' | 'buttons';
  text?: string;
  buttons?: string[];
  file?: MessageFile;
  receivedAt: string;
  receipt: 'sent' | 'delivered' | 'read' | 'failed';
}

export interface WebhookTry {
  at: string;
  status?: number;
  answer?: string;
  problem?: string;
}

export interface WebhookRow {
  n: number;
  conversationId: string;
  type: string;
  event: unknown;
  state: 'queued' | 'delivered' | 'failed' | 'dropped';
  createdAt: string;
  tries: WebhookTry[];
}

export interface WebhookSettings {
  url: string;
  token: string;
  isEnabled: boolean;
  events: string[];
}

export interface User {
  id: number;
  email: string;
  firstName: string;
  lastName: string;
  roleId: number;
  status: 'active' | 'invited';
}

export interface Bot {
  id: number;
  key: string;
  previewKey: string;
  title: string;
  channel: string;
  flow: unknown;
  isDeployed: boolean;
  deployedAt: string | null;
  createdAt: string;
}

export interface KnowledgeBase {
  id: number;
  name: string;
}

export interface DataSource {
  id: number;
  knowledgeBaseId: number;
  name: string;
  type: 'url' | 'text' | 'file';
  source: string;
  domainId: number | null;
  tokens: number;
  trainedAt: string | null;
  failedReason: string | null;
  status: 'in-progress' | 'trained' | 'failed';
  createdAt: string;
}

export interface Domain {
  id: number;
  knowledgeBaseId: number;
  url: string;
}
