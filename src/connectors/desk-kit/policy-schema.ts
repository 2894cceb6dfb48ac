import { z } from 'zod';
import { defaultDeskPolicy as standard, type DeskPolicy } from '../../domain/desk-policy.js';

const email = z.string().trim().toLowerCase().pipe(z.email().max(254));
const word = z.string().trim().min(1).max(100);
const template = z.string().max(4_000);

/** The part of a desk connection's settings that says what the workspace wants. Every field has a default. */
export const deskPolicySchema: z.ZodType<DeskPolicy> = z.strictObject({
  create: z.enum(['first-message', 'handover', 'never']).default(standard.create),
  channels: z.array(word).max(50).default(standard.channels),
  labels: z.array(word).max(50).default(standard.labels),
  subject: template.min(1).default(standard.subject),
  introduction: template.default(standard.introduction),
  tags: z.array(word).max(20).default(standard.tags),
  team: z.string().trim().max(200).default(standard.team),
  onConversationClosed: z.enum(['solve', 'note', 'nothing']).default(standard.onConversationClosed),
  onTicketSolved: z.enum(['close', 'nothing']).default(standard.onTicketSolved),
  onMessageToSolved: z.enum(['reopen', 'follow-up', 'new']).default(standard.onMessageToSolved),
  reopenDays: z.number().min(0).max(3_650).default(standard.reopenDays),
  otherMessages: z.enum(['note', 'nothing']).default(standard.otherMessages),
  assignee: z.enum(['both', 'to-ticket', 'to-conversation', 'nothing']).default(standard.assignee),
  agents: z.record(email, email).default(standard.agents),
  teams: z.record(z.string().trim().min(1).max(200), z.string().trim().max(200)).default(standard.teams),
  fallbackAgent: z.union([z.literal(''), email]).default(standard.fallbackAgent),
  unsentFile: template.default(standard.unsentFile),
  onSlaBreach: z
    .strictObject({
      priority: z.enum(['', 'low', 'normal', 'high', 'urgent']).default(standard.onSlaBreach.priority),
      tag: z.string().trim().max(100).default(standard.onSlaBreach.tag),
      note: z.boolean().default(standard.onSlaBreach.note),
      team: z.string().trim().max(200).default(standard.onSlaBreach.team),
    })
    .default(standard.onSlaBreach),
});

/** For a connector's settings schema: `policy: deskPolicy`. */
export const deskPolicy = deskPolicySchema.prefault({} as never);
