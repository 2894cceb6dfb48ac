import { z } from 'zod';

/** The parts of Chatwoot's answers that are used; everything else may change. */
const id = z.int().positive();

export const message = z.looseObject({
  id,
  content: z.string().nullish(),
  message_type: z.unknown().optional(),
  private: z.unknown().optional(),
  created_at: z.unknown().optional(),
  sender: z.unknown().optional(),
  attachments: z.unknown().optional(),
});
export type ChatwootMessage = z.infer<typeof message>;

export const messagePage = z.looseObject({ payload: z.array(message) });

export const conversation = z.looseObject({
  id,
  inbox_id: z.unknown().optional(),
  status: z.unknown().optional(),
  custom_attributes: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  meta: z.unknown().optional(),
});
export type ChatwootConversation = z.infer<typeof conversation>;

export const contactConversations = z.looseObject({ payload: z.array(conversation) });
export const conversationPage = z.looseObject({ data: z.looseObject({ payload: z.array(conversation) }) });

const contactInbox = z.looseObject({ source_id: z.string().min(1), inbox: z.looseObject({ id }).nullish() });
export const contact = z.looseObject({
  id,
  identifier: z.string().nullish(),
  email: z.string().nullish(),
  phone_number: z.string().nullish(),
  contact_inboxes: z.array(contactInbox).nullish().catch(undefined),
});
export type ChatwootContact = z.infer<typeof contact>;

export const contactSearch = z.looseObject({ payload: z.array(contact) });
export const newContactInbox = contactInbox;

/** Servers differ in where a new contact stands: `payload.contact`, `payload[0]`, `payload`. */
export const newContact = z.union([
  z.looseObject({ payload: z.looseObject({ contact }) }).transform(({ payload }) => payload.contact),
  z.looseObject({ payload: z.tuple([contact], z.unknown()) }).transform(({ payload }) => payload[0]),
  z.looseObject({ payload: contact }).transform(({ payload }) => payload),
]);

export const agents = z.array(
  z.looseObject({
    id,
    email: z.string().transform((email) => email.toLowerCase()),
    name: z.string().nullish(),
    role: z.string().nullish(),
  }),
);
export const teams = z.array(z.looseObject({ id, name: z.string() }));
export const labels = z.looseObject({ payload: z.array(z.string()) });
export const statusToggle = z.looseObject({
  payload: z.looseObject({ success: z.literal(true), current_status: z.string() }),
});
export const assigned = z.looseObject({ id });

export const inbox = z.looseObject({
  id,
  channel_type: z.string().nullish(),
  lock_to_single_conversation: z.boolean().nullish(),
  name: z.unknown().optional(),
  webhook_url: z.unknown().optional(),
});
export const inboxes = z.looseObject({ payload: z.array(inbox) });
export const webhook = z.looseObject({ id, url: z.string(), secret: z.string().nullish() });
export type ChatwootWebhook = z.infer<typeof webhook>;
/** The description says a list; servers answer `{payload: {webhooks: […]}}`. */
export const webhooks = z.union([
  z.array(webhook),
  z
    .looseObject({ payload: z.looseObject({ webhooks: z.array(webhook) }) })
    .transform(({ payload }) => payload.webhooks),
]);
export const webhookMade = z.union([
  webhook,
  z.looseObject({ payload: z.looseObject({ webhook }) }).transform(({ payload }) => payload.webhook),
]);

export const profile = z.looseObject({
  id,
  email: z.string().nullish(),
  accounts: z.array(z.looseObject({ id, role: z.string().nullish() })).nullish(),
});
