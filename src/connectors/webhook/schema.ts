import { z } from 'zod';
import { checkStatuses, deskPolicy, statusFields } from '../desk-kit/index.js';
import { judgeUrl, type Policy } from '../http-client/index.js';
import { statusWords } from './status-words.js';

/** Where facts go, and what the workspace wants. */
export function createWebhookSettings(policy: Policy) {
  const fields = z.strictObject({
    url: z
      .string()
      .max(2_048)
      .superRefine((text, context) => {
        const judged = judgeUrl(text, policy);
        if (judged.outcome === 'refused') context.addIssue({ code: 'custom', message: judged.reason });
      }),
    ...statusFields(statusWords),
    policy: deskPolicy,
  });
  return fields.superRefine(checkStatuses(statusWords));
}

/** What we sign with: `whsec_` and base64, as Standard Webhooks has it, or any text of 24 characters and more. */
export const webhookCredentials = z.strictObject({
  secret: z.string().trim().min(24).max(512),
});

const id = z.union([z.string().trim().min(1).max(128), z.int().nonnegative().transform(String)]);
const author = z.looseObject({
  email: z.string().trim().toLowerCase().max(254).optional().catch(undefined),
  name: z.string().trim().max(200).optional().catch(undefined),
});
const files = z
  .array(
    z.looseObject({
      url: z.string().max(2_048),
      name: z.string().trim().min(1).max(255).catch('file'),
      contentType: z.string().max(200).optional().catch(undefined),
      sizeBytes: z.number().nonnegative().optional().catch(undefined),
    }),
  )
  .max(20)
  .default([]);
const said = z.looseObject({
  ticketId: id,
  messageId: id,
  author: author.default({}),
  text: z.string().max(65_536).default(''),
  files,
});

/** What a desk's back end may tell us; the facts of `docs/connectors/webhook.md`. */
export const deskEvents = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('message.created'), data: said }),
  z.looseObject({ type: z.literal('note.created'), data: said }),
  z.looseObject({
    type: z.literal('ticket.updated'),
    data: z.looseObject({
      ticketId: id,
      /** The desk's own word. */
      status: z.string().trim().min(1).max(64).optional(),
      assignee: z
        .union([
          z.null(),
          z.looseObject({ email: z.string().trim().toLowerCase().max(254) }),
          z.looseObject({ team: z.string().trim().min(1).max(200) }),
        ])
        .optional(),
      priority: z.enum(['low', 'normal', 'high', 'urgent']).optional(),
      by: author.optional(),
    }),
  }),
  z.looseObject({ type: z.literal('ticket.deleted'), data: z.looseObject({ ticketId: id }) }),
  z.looseObject({ type: z.literal('ticket.merged'), data: z.looseObject({ ticketId: id, into: id }) }),
]);

export type DeskEvent = z.infer<typeof deskEvents>;

/** What the back end may answer; everything in it is optional. */
export const deskAnswer = z.looseObject({
  ticketId: id.optional(),
  url: z.url().max(2_048).optional().catch(undefined),
  messageIds: z.array(id).max(100).optional().catch(undefined),
});
