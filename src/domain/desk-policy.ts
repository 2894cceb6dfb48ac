import type { TicketPriority } from './ticket.js';

/** What a workspace wants of one desk connection; part of the connection's settings, as `policy`. */
export interface DeskPolicy {
  /** When a conversation gets a ticket. first-message: at once · handover: once no bot holds it · never: only by hand. */
  create: 'first-message' | 'handover' | 'never';
  /** Only conversations of these channels; empty: of all. Compared without case. */
  channels: string[];
  /** Only conversations with one of these labels; empty: all. Compared without case. */
  labels: string[];
  /** May name {{contact.name}} {{contact.email}} {{contact.phone}} {{channel}} {{conversation.id}} {{conversation.title}}. */
  subject: string;
  /** Stands before the transcript in the first comment; the same names. */
  introduction: string;
  tags: string[];
  /** The team that new tickets go to; '' for the desk's own rules. */
  team: string;
  /** The conversation is closed: what happens to the ticket. */
  onConversationClosed: 'solve' | 'note' | 'nothing';
  /** The ticket is solved: what happens to the conversation. */
  onTicketSolved: 'close' | 'nothing';
  /** The contact writes and the ticket is solved. After `reopenDays` it is a follow-up in any case but `new`. */
  onMessageToSolved: 'reopen' | 'follow-up' | 'new';
  reopenDays: number;
  /** What bot and agents say in the chat elsewhere than in this desk. */
  otherMessages: 'note' | 'nothing';
  /** Assignee changes are carried: both ways, or only to one side. */
  assignee: 'both' | 'to-ticket' | 'to-conversation' | 'nothing';
  /** Desk agent's e-mail → e-mail of the agent in WotNot, where they differ. Lower case. */
  agents: Record<string, string>;
  /** Team in WotNot → the desk's team, where they differ; '' when the desk is not to hear of it. Compared without case. */
  teams: Record<string, string>;
  /** Who answers in the chat when the desk's agent is unknown there; '' for the conversation's assignee. */
  fallbackAgent: string;
  /** What the contact is told instead of an agent's file that cannot be had; may name {{file.name}}. '': nothing. */
  unsentFile: string;
  onSlaBreach: { priority: TicketPriority | ''; tag: string; note: boolean; team: string };
}

export const defaultDeskPolicy: DeskPolicy = {
  create: 'handover',
  channels: [],
  labels: [],
  subject: 'Chat with {{contact.name}}',
  introduction: '',
  tags: ['wotnot'],
  team: '',
  onConversationClosed: 'solve',
  onTicketSolved: 'close',
  onMessageToSolved: 'reopen',
  reopenDays: 14,
  otherMessages: 'note',
  assignee: 'both',
  agents: {},
  teams: {},
  fallbackAgent: '',
  unsentFile: 'I wanted to send you the file “{{file.name}}”, but this chat could not take it.',
  onSlaBreach: { priority: 'urgent', tag: 'sla-breached', note: true, team: '' },
};
