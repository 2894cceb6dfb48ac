import { z } from 'zod';

/** The parts of Freshdesk's answers that are used; everything else may change. */
const id = z.int().positive();
const text = z.string().nullish().catch(undefined);

export const ticket = z.looseObject({
  id,
  requester_id: id.nullish().catch(undefined),
  responder_id: id.nullish().catch(undefined),
  group_id: id.nullish().catch(undefined),
  status: z.int(),
  priority: z.int().nullish().catch(undefined),
  deleted: z.boolean().nullish().catch(undefined),
  tags: z.array(z.string()).nullish().catch(undefined),
  custom_fields: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  updated_at: text,
});
export type FreshdeskTicket = z.infer<typeof ticket>;
export const ticketList = z.array(ticket);

export const conversation = z.looseObject({
  id,
  body: text,
  body_text: text,
  incoming: z.unknown().optional(),
  private: z.unknown().optional(),
  user_id: id.nullish().catch(undefined),
  source: z.unknown().optional(),
  created_at: text,
  attachments: z.unknown().optional(),
});
export type FreshdeskConversation = z.infer<typeof conversation>;
export const conversationList = z.array(conversation);

export const agent = z.looseObject({
  id,
  contact: z.looseObject({
    email: z.string().transform((email) => email.toLowerCase()),
    name: z.string().nullish(),
  }),
  type: text,
});
export const agentList = z.array(agent);
export const group = z.looseObject({ id, name: z.string() });
export const groupList = z.array(group);
export const ticketFields = z.array(z.looseObject({ name: z.string(), type: text }));
