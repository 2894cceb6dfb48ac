import { randomBytes } from 'node:crypto';
import type { FakeFile, FakeWrite } from '../fake-desk.js';

export interface ZendeskUser {
  id: number;
  name: string;
  email: string | null;
  phone: string | null;
  role: 'end-user' | 'agent' | 'admin';
  external_id: string | null;
  active: boolean;
}

export interface ZendeskComment {
  id: number;
  author_id: number;
  /** Undefined, or odd, where somebody plants it so. */
  public: unknown;
  html_body: string;
  created_at: string;
  attachments: ZendeskAttachment[];
  via: { channel: string; source: { from: object; to: object; rel: string | null } };
}

export interface ZendeskAttachment extends FakeFile {
  id: number;
  token: string;
  scan: string;
  /** By the clock of the limits; of what came as an upload. */
  uploadedAt?: number;
}

export interface ZendeskAudit {
  id: number;
  created_at: string;
  author_id: number;
  custom: Record<string, unknown>;
  commentId?: number;
}

export interface ZendeskTicket {
  id: number;
  external_id: string | null;
  subject: string;
  status: string;
  /** Of `customStatuses`, whose category is the status. */
  custom_status_id?: number;
  priority: string | null;
  assignee_id: number | null;
  group_id: number | null;
  requester_id: number;
  tags: string[];
  follows?: number;
  created_at: string;
  updated_at: string;
  comments: ZendeskComment[];
  audits: ZendeskAudit[];
}

export interface ZendeskWebhook {
  id: string;
  name: string;
  endpoint: string;
  status: string;
  subscriptions: string[];
  secret: string;
}

/** Everything that lies in one Zendesk account. */
export interface ZendeskWorld {
  users: ZendeskUser[];
  groups: { id: number; name: string }[];
  customStatuses: { id: number; category: string }[];
  tickets: Map<number, ZendeskTicket>;
  uploads: Map<string, ZendeskAttachment>;
  attachments: Map<number, ZendeskAttachment>;
  webhooks: Map<string, ZendeskWebhook>;
  triggers: Map<number, Record<string, unknown>>;
  /** Answers of creations, by idempotency key. */
  keys: Map<string, { body: string; answer: unknown }>;
  writes: FakeWrite[];
  /** Every request to change a ticket that exists, by the clock of the limits; not taken: beyond a limit. */
  updates: { at: number; ticketId: number; taken: boolean }[];
  apiUser: ZendeskUser;
  nextId(): number;
}

export const seconds = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;
export const newSecret = (): string => randomBytes(24).toString('base64');

export function createZendeskWorld(): ZendeskWorld {
  // Ids of today's Zendesk have thirteen digits, and grow.
  let last = 8_447_388_090_000;
  const nextId = (): number => (last += 3);
  const user = (name: string, email: string, role: ZendeskUser['role']): ZendeskUser => {
    const id = nextId();
    return { id, name, email, phone: null, role, external_id: null, active: true };
  };
  const apiUser = user('Bridge', 'bridge@desk.example', 'admin');
  return {
    users: [apiUser, user('Ada', 'ada@desk.example', 'agent'), user('Ben', 'ben@desk.example', 'agent')],
    groups: ['Support', 'Second line'].map((name) => ({ id: nextId(), name })),
    customStatuses: ['open', 'solved'].map((category) => ({ id: nextId(), category })),
    tickets: new Map(),
    uploads: new Map(),
    attachments: new Map(),
    webhooks: new Map(),
    triggers: new Map(),
    keys: new Map(),
    writes: [],
    updates: [],
    apiUser,
    nextId,
  };
}

const entities: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  nbsp: ' ',
  '#123': '{',
  '#39': "'",
};

/** Markup as an agent sees it. */
export function textOf(html: string): string {
  return html
    .replaceAll(/<br\s*\/?>/gu, '\n')
    .replaceAll(/<[^>]*>/gu, '')
    .replaceAll(/&([a-z]+|#\d+);/gu, (whole, name: string) => entities[name] ?? whole);
}

export function htmlOf(text: string): string {
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<div class="zd-comment" dir="auto"><p>${safe.replaceAll('\n', '<br>')}</p></div>`;
}
